# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""The route table: every URL of ours and what answers it.

The router, the 405s, the policy test (each route refuses a stranger) and the
check that each route is documented all read this one table. Plugins add
tables of their own under the entry point ``glance_artifacts.routes``.
"""

from glance_artifacts.api.handlers import actions
from glance_artifacts.api.handlers import artifacts
from glance_artifacts.api.handlers import blobs
from glance_artifacts.api.handlers import catalogue
from glance_artifacts.api.handlers import lists
from glance_artifacts.api.handlers import members
from glance_artifacts.api.handlers import openapi
from glance_artifacts.api.handlers import tags
from glance_artifacts.api.handlers import uploads
from glance_artifacts.api.handlers import usage
from glance_artifacts.policies import artifacts as artifact_rules
from glance_artifacts.policies import blobs as blob_rules
from glance_artifacts.policies import catalogue as catalogue_rules
from glance_artifacts.policies import members as member_rules
from glance_artifacts.policies import usage as usage_rules
from glance_artifacts.types import Route

_TYPE = '/{type_name}'
_ONE = '/{type_name}/{id}'
_BLOB = '/{type_name}/{id}/{blob}'
_MEMBERS = '/{type_name}/{id}/members'
_MEMBER = '/{type_name}/{id}/members/{member}'
_ENTRY = '/{type_name}/{id}/{blob}/{key}'
_UPLOADS = '/{type_name}/{id}/uploads'
_UPLOAD = '/{type_name}/{id}/uploads/{upload}'

ROUTES = (
    Route('GET', '', catalogue.show, catalogue_rules.SHOW),
    Route('GET', '/openapi.json', openapi.show, catalogue_rules.SCHEMAS),
    Route('GET', '/schemas', catalogue.schemas, catalogue_rules.SCHEMAS),
    Route('GET', '/schemas/{type_name}', catalogue.schema,
          catalogue_rules.SCHEMAS),
    Route('GET', '/usage', usage.show, usage_rules.SHOW),

    Route('GET', '/schemas/all/member', members.schema,
          catalogue_rules.SCHEMAS),
    Route('GET', '/schemas/all/members', members.list_schema,
          catalogue_rules.SCHEMAS),

    Route('GET', '/all', lists.index_all, artifact_rules.LIST),

    Route('POST', _TYPE, artifacts.create, artifact_rules.CREATE),
    Route('GET', _TYPE, lists.index, artifact_rules.LIST),
    Route('GET', _ONE, artifacts.show, artifact_rules.SHOW),
    Route('PATCH', _ONE, artifacts.update, artifact_rules.UPDATE),
    Route('DELETE', _ONE, artifacts.delete, artifact_rules.DELETE),

    Route('POST', _ONE + '/actions/activate', actions.activate,
          artifact_rules.ACTIVATE),
    Route('POST', _ONE + '/actions/deactivate', actions.deactivate,
          artifact_rules.DEACTIVATE),
    Route('POST', _ONE + '/actions/reactivate', actions.reactivate,
          artifact_rules.REACTIVATE),
    Route('POST', _ONE + '/actions/move', actions.move, artifact_rules.MOVE),

    Route('GET', _MEMBERS, members.index, member_rules.LIST),
    Route('POST', _MEMBERS, members.create, member_rules.ADD),
    Route('GET', _MEMBER, members.show, member_rules.SHOW),
    Route('PUT', _MEMBER, members.update, member_rules.MODIFY),
    Route('DELETE', _MEMBER, members.delete, member_rules.DELETE),

    Route('PUT', _ONE + '/tags/{tag}', tags.add, artifact_rules.ADD_TAG),
    Route('DELETE', _ONE + '/tags/{tag}', tags.remove,
          artifact_rules.DELETE_TAG),

    Route('PUT', _BLOB, blobs.upload, blob_rules.UPLOAD),
    Route('GET', _BLOB, blobs.download, blob_rules.DOWNLOAD),
    Route('DELETE', _BLOB, blobs.delete, blob_rules.DELETE),
    Route('PUT', _ENTRY, blobs.upload, blob_rules.UPLOAD),
    Route('GET', _ENTRY, blobs.download, blob_rules.DOWNLOAD),
    Route('DELETE', _ENTRY, blobs.delete, blob_rules.DELETE),

    Route('POST', _UPLOADS, uploads.create, blob_rules.UPLOAD),
    Route('GET', _UPLOAD, uploads.show, blob_rules.UPLOAD),
    Route('DELETE', _UPLOAD, uploads.delete, blob_rules.UPLOAD),
    Route('PUT', _UPLOAD + '/parts/{n}', uploads.put_part,
          blob_rules.UPLOAD),
    Route('POST', _UPLOAD + '/complete', uploads.complete,
          blob_rules.UPLOAD),
)
