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

from glance_artifacts.policies import base

_BLOB = '/{type_name}/{artifact_id}/{blob}'
_ENTRY = _BLOB + '/{key}'

_UPLOADS = '/{type_name}/{artifact_id}/uploads'
_UPLOAD = _UPLOADS + '/{upload}'

UPLOAD = base.rule_of(
    'upload', base.OWNER, 'Upload the bytes of a blob, at once or in parts.',
    ('PUT', _BLOB), ('PUT', _ENTRY), ('POST', _UPLOADS), ('GET', _UPLOAD),
    ('DELETE', _UPLOAD), ('PUT', _UPLOAD + '/parts/{n}'),
    ('POST', _UPLOAD + '/complete'))
DOWNLOAD = base.rule('download', base.READER, 'Download a blob.',
                     'GET', _BLOB, _ENTRY)
DOWNLOAD_DEACTIVATED = base.rule(
    'download_deactivated', base.ADMIN,
    'Download a blob of a deactivated artifact.', 'GET', _BLOB,
    _ENTRY)
DELETE = base.rule('delete_blob', base.OWNER, 'Delete a blob of a draft.',
                   'DELETE', _BLOB, _ENTRY)

RULES = (UPLOAD, DOWNLOAD, DOWNLOAD_DEACTIVATED, DELETE)
