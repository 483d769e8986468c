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

"""The life cycle."""

from __future__ import annotations

from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation

_DONE = Answer(200, 'The artifact is in the new status, or was in it '
               'already.', variant='done', body='artifact', headers=('ETag',))

_QUEUED = Answer(202, 'It will be moved.', body='artifact',
                 headers=('ETag',))
_BAD_MOVE = Answer(
    400, '``pool`` is missing or no pool for artifacts of this type, or the '
    'body is not a JSON object of this member alone.',
    ('artifact.field.invalid', 'artifact.field.unknown', 'request.json',
     'request.truncated'), 'move')
_NO_ROOM = Answer(
    413, 'The owner has no room for the artifact in that pool '
    '(``quota.artifacts``, ``quota.bytes``), or the body is larger than '
    '1 MiB.', ('quota.artifacts', 'quota.bytes', 'request.too_large'), 'move')


def _action(title: str, text: str, *more: Answer,
            **samples: str) -> Operation:
    return Operation(
        title, text, (_DONE, answers.NOT_FOUND, answers.CHANGED, *more),
        parameters=('If-Match',), samples=samples)


def _at(action: str) -> tuple[str, str]:
    return 'POST', '/{type_name}/{id}/actions/' + action


OPERATIONS = {
    _at('activate'): _action(
        'Activate an artifact',
        'Makes a draft active. Its name, version, blobs and all fields that '
        'are not mutable are fixed from now on.',
        answers.BAD_ACTIVATION, answers.NOT_ACTIVATED,
        **{'artifact-activate': '',
           'error-incomplete': 'When something is missing, the answer is 409 '
           'with one error for each field:'}),
    _at('deactivate'): _action(
        'Deactivate an artifact',
        'Keeps the bytes of an active artifact from all but administrators. '
        'The artifact is shown and listed as before.', answers.WRONG_STATUS,
        **{'artifact-deactivate': ''}),
    _at('reactivate'): _action(
        'Reactivate an artifact',
        'Makes a deactivated artifact active again.', answers.WRONG_STATUS,
        **{'artifact-reactivate': ''}),
    _at('move'): Operation(
        'Move an artifact to another pool',
        'Has the bytes of an artifact, whatever its status, moved to the '
        'stores of another pool, which must be one for its type. The answer '
        'comes at once and shows the artifact as it is; the worker does the '
        'work, and ``pool`` changes when all of it is done. Meanwhile, and '
        'afterwards, the artifact is read and written as ever: id, URLs, '
        'digests, the ``ETag`` of its bytes and ``updated_at`` stay. Where '
        'uploads to a draft are under way it waits for their end. The last '
        'request counts; one for the pool where the artifact is calls off a '
        'move that has not ended. Images do not move.',
        (_QUEUED, _BAD_MOVE, answers.NOT_FOUND, answers.OVERTAKEN,
         answers.CHANGED, _NO_ROOM, answers.NOT_JSON,
         answers.NO_LIMITS),
        parameters=('If-Match',),
        request={'application/json': 'artifact_move'},
        request_sample='artifact-move', samples={'artifact-move': ''}),
}
