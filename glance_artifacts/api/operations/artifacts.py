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

"""Artifacts and their lists."""

from glance_artifacts.api import merge_patch
from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation
from glance_artifacts.api.operations import parameters
from glance_artifacts.api import patch

_ONE = '/{type_name}/{id}'
_JSON = 'application/json'

OPERATIONS = {
    ('POST', '/{type_name}'): Operation(
        'Create an artifact',
        'Creates a draft. Its project and administrators see it, nobody '
        'else, whatever its visibility.\n\nAny other key in the body is '
        'refused with 400, ``id`` and ``status`` included: the server chooses '
        'them.\n\nThe bytes go to the pool of the type, which the catalogue '
        'tells. ``pool`` asks for another one, which has to allow the type.',
        (Answer(201, 'The draft was created. ``Location`` is its URL.',
                body='artifact', headers=('Location', 'ETag')),
         answers.BAD_DRAFT, answers.NOT_OFFERED, answers.TAKEN,
         answers.NO_ROOM, answers.NOT_JSON, answers.NO_LIMITS),
        request={_JSON: 'artifact_create'},
        policy='for another project also ``artifact:set_owner``; in another '
        'pool than that of the type also ``artifact:create_in_pool``; with '
        '``"visibility": "public"`` also ``artifact:publicize``, with '
        '``"community"`` also ``artifact:communitize``',
        request_sample='artifact-create',
        samples={'artifact-create': ''}),

    ('GET', '/{type_name}'): Operation(
        'List artifacts',
        'Lists the artifacts of a type that the caller sees: those of the '
        'caller\'s project, and those of others that are not drafts and '
        'public or shared with the project, which has accepted them. '
        'Community artifacts of others are listed only with '
        '``visibility=community``. Administrators see all.\n\nFilters are '
        'joined by *and*, those with ``or:`` as one. A parameter that is not '
        'known answers 400. In a query string, ``+`` is a blank; write '
        '``%2B`` for the plus in a version.',
        (Answer(200, answers.OK.description, body='artifact_list'),
         answers.BAD_LIST, answers.NOT_OFFERED),
        parameters=tuple(parameters.QUERY),
        samples={'artifacts-list': 'The answer to '
                 '``?name=nginx&sort=version:asc&limit=1``:'}),

    ('GET', '/all'): Operation(
        'List artifacts of all types',
        'Lists what the caller sees of all types in one order, by '
        '``created_at`` or ``updated_at``. Only common fields filter; '
        '``type_name`` chooses types. Types whose artifacts the policy does '
        'not let the caller list are left out.',
        (Answer(200, answers.OK.description, body='all_list'),
         answers.BAD_LIST),
        parameters=tuple(parameters.QUERY),
        samples={'artifacts-list-all': ''}),

    ('GET', _ONE): Operation(
        'Show an artifact', 'Shows one artifact.',
        (Answer(200, answers.OK.description, body='artifact',
                headers=('ETag',)),
         Answer(304, '``If-None-Match`` names the artifact\'s revision: you '
                'have it.', variant='artifact', headers=('ETag',)),
         answers.NOT_FOUND),
        parameters=('If-None-Match',),
        samples={'artifact-show': ''}),

    ('PATCH', _ONE): Operation(
        'Update an artifact',
        'Applies a JSON Patch (RFC 6902) or a merge patch (RFC 7396) to the '
        'artifact as the API shows it: all of it, or nothing. In a draft '
        'every field may change that clients can set. Once the artifact is '
        'active, these are ``description``, ``tags``, ``metadata``, '
        '``visibility`` and the mutable fields of the type. ``test`` may look '
        'at any field.\n\nA field that is removed '
        'gets no value: ``null``, ``[]`` or ``{}``; ``version`` and '
        '``visibility`` get their defaults. ``name`` cannot be removed.'
        '\n\nA change of ``status`` does what the action does that leads '
        'there: ``active`` activates or reactivates, ``deactivated`` '
        'deactivates. It comes after the other changes of the same patch. '
        'Administrators may change ``owner``.',
        (Answer(200, answers.OK.description, body='artifact',
                headers=('ETag',)),
         answers.BAD_CHANGE, answers.NOT_FOUND, answers.NOT_CHANGED,
         answers.CHANGED, answers.NO_ROOM_THERE, answers.NOT_PATCH,
         answers.NO_LIMITS),
        parameters=('If-Match',),
        request={patch.MEDIA_TYPE: 'json_patch',
                 merge_patch.MEDIA_TYPE: 'artifact_merge'},
        policy='to make it public also ``artifact:publicize``, to make it a '
        'community artifact ``artifact:communitize``, to change the owner '
        '``artifact:set_owner``, to change the status ``artifact:activate``, '
        '``artifact:deactivate`` or ``artifact:reactivate``',
        request_sample='artifact-update',
        samples={'artifact-update': ''}),

    ('DELETE', _ONE): Operation(
        'Delete an artifact',
        'Deletes an artifact with its bytes, in whatever status it is. Its '
        'name and version are free again.',
        (answers.DELETED, answers.NOT_FOUND, answers.OVERTAKEN,
         answers.CHANGED),
        parameters=('If-Match',),
        policy='of a public artifact that is not a draft also '
        '``artifact:delete_public``'),
}
