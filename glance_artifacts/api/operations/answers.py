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

"""The answers that operations have in common."""

from __future__ import annotations

import dataclasses

from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation

_FIELD = ('artifact.field.invalid', 'artifact.field.read_only',
          'artifact.field.unknown')
_JSON = ('request.json', 'request.truncated')
_SERVICE = ('service.database', 'service.misconfigured')
_HEADER = 'request.header'

OK = Answer(200, 'The request was successful.')
DELETED = Answer(204, 'It is deleted.')

ELSEWHERE = Answer(
    307, 'Another service has the bytes: send the same request to '
    '``Location``.', headers=('Location',), variant='elsewhere')

MALFORMED = Answer(400, 'A header is malformed.', (_HEADER,))
BAD_LIST = Answer(
    400, 'A parameter is unknown, malformed or given twice.',
    ('query.invalid',), 'list')
BAD_DRAFT = Answer(
    400, 'A field is unknown, read-only or has a value that is not allowed, '
    'the type refuses the artifact (``artifact.rejected``), or the body is '
    'not a JSON object.', (*_FIELD, *_JSON, 'artifact.rejected'), 'create')
BAD_CHANGE = Answer(
    400, 'A field is unknown, read-only or would have a value that is not '
    'allowed, the type refuses the artifact (``artifact.rejected``), or the '
    'body is neither a JSON Patch nor a merge patch.',
    (*_FIELD, *_JSON, 'artifact.rejected', 'request.patch'), 'update')
BAD_TAG = Answer(
    400, 'The tag is not 1 to 255 characters long, there are 255 already, or '
    'the type refuses the artifact (``artifact.rejected``).',
    ('artifact.field.invalid', 'artifact.rejected'), 'tag')
BAD_MEMBER = Answer(
    400, '``member`` is missing or no project can have this id, or the body '
    'is not a JSON object.', ('artifact.field.invalid', *_JSON), 'member')
BAD_MEMBER_STATUS = Answer(
    400, '``status`` is missing or no status of a member, or the body is not '
    'a JSON object.', ('artifact.field.invalid', *_JSON), 'member_status')
BAD_ACTIVATION = Answer(
    400, 'The type refuses the artifact (``artifact.rejected``), or a value '
    'of the draft is no longer allowed.',
    ('artifact.field.invalid', 'artifact.rejected'), 'activate')
BAD_UPLOAD = Answer(
    400, 'The bytes do not have the digest that was announced, the type '
    'refuses them (``artifact.rejected``), a header is malformed, or the '
    'body ended early. Nothing is kept.',
    ('artifact.blob.digest', 'artifact.rejected', 'request.truncated'),
    'upload')
BAD_KEY = Answer(400, 'No file can have this key.', ('artifact.blob.key',),
                 'key')
BAD_ENTRY = Answer(
    400, 'The bytes do not have the digest that was announced, the type '
    'refuses them (``artifact.rejected``), no file can have the key '
    '(``artifact.blob.key``), a header is malformed, or the body ended '
    'early. Nothing is kept.', (*BAD_UPLOAD.codes, *BAD_KEY.codes),
    'upload_entry')

NO_TOKEN = Answer(401, 'The request has no valid token. Glance answers, in '
                  'its own form, unless it lets requests without a token in '
                  '(``auth.required``).')
FORBIDDEN = Answer(403, 'The policy does not allow it.',
                   ('policy.forbidden',))
NOT_SHARED = Answer(
    403, 'The policy does not allow it, or the artifact is not shared '
    '(``artifact.member.not_shared``).',
    ('policy.forbidden', 'artifact.member.not_shared'), 'member')
NOT_OFFERED = Answer(404, 'The service does not offer this type.',
                     ('type.not_found', 'request.path'), 'type')
NOT_FOUND = Answer(
    404, 'There is no such artifact, or the caller does not see it.',
    ('artifact.not_found', *NOT_OFFERED.codes))
NO_TAG = Answer(
    404, 'There is no such artifact, the caller does not see it, or it does '
    'not have the tag (``artifact.tag.not_found``).',
    (*NOT_FOUND.codes, 'artifact.tag.not_found'), 'tag')
NO_MEMBER = Answer(
    404, 'There is no such artifact, the caller does not see it, or it has no '
    'such member that the caller sees (``artifact.member.not_found``).',
    (*NOT_FOUND.codes, 'artifact.member.not_found'), 'member')
NO_BLOB = Answer(
    404, 'There is no such artifact, the caller does not see it, its type '
    'has no such blob, or nothing was uploaded to it.',
    (*NOT_FOUND.codes, 'artifact.blob.unknown', 'artifact.blob.not_found'),
    'blob')
NO_ENTRY = Answer(
    404, 'There is no such artifact, the caller does not see it, its type '
    'has no such folder, or nothing was uploaded with this key.',
    NO_BLOB.codes, 'entry')
IS_FOLDER = Answer(
    405, 'The field is a folder, which is written file by file.',
    ('request.method_not_allowed',), 'folder', headers=('Allow',))

_GONE = 'type.gone'
TAKEN = Answer(
    409, 'The project has an artifact of this type with this name and '
    'version (``artifact.exists``), or the type is no longer on offer '
    '(``type.gone``).', ('artifact.exists', _GONE), 'create')
NOT_CHANGED = Answer(
    409, 'A field is fixed since activation (``artifact.immutable``), a test '
    'of the patch failed (``artifact.patch.conflict``), the new name and '
    'version are taken (``artifact.exists``), others kept changing the '
    'artifact (``artifact.conflict``), or the type is no longer on offer '
    '(``type.gone``). For a change of ``status`` also what activation answers '
    '(``artifact.activate.incomplete``, ``artifact.blob.saving``) and '
    '``artifact.status``.',
    ('artifact.immutable', 'artifact.patch.conflict', 'artifact.exists',
     'artifact.conflict', _GONE, 'artifact.activate.incomplete',
     'artifact.blob.saving', 'artifact.status'), 'update')
NOT_ACTIVATED = Answer(
    409, 'Required fields are missing (``artifact.activate.incomplete``, one '
    'error for each), an upload is under way (``artifact.blob.saving``), the '
    'artifact is deactivated (``artifact.status``), others kept changing it '
    '(``artifact.conflict``), or the type is no longer on offer '
    '(``type.gone``).',
    ('artifact.activate.incomplete', 'artifact.blob.saving',
     'artifact.status', 'artifact.conflict', _GONE), 'activate')
WRONG_STATUS = Answer(
    409, 'The present status does not allow it (``artifact.status``), others '
    'kept changing the artifact (``artifact.conflict``), or the type is no '
    'longer on offer (``type.gone``).',
    ('artifact.status', 'artifact.conflict', _GONE), 'status')
NOT_TAKEN = Answer(
    409, 'The blob is there already (``artifact.blob.exists``), another '
    'upload is under way (``artifact.blob.saving``), this one was cancelled '
    '(``artifact.blob.cancelled``), the artifact is not a draft '
    '(``artifact.immutable``), or the type is no longer on offer '
    '(``type.gone``).',
    ('artifact.blob.exists', 'artifact.blob.saving',
     'artifact.blob.cancelled', 'artifact.immutable', _GONE), 'upload')
SAVING = Answer(409, 'The upload is still under way.',
                ('artifact.blob.saving',), 'download')
NO_DRAFT = Answer(
    409, 'The artifact is not a draft (``artifact.immutable``), or others '
    'kept changing it meanwhile (``artifact.conflict``).',
    ('artifact.immutable', 'artifact.conflict'), 'blob')
OVERTAKEN = Answer(409, 'Others kept changing the artifact meanwhile.',
                   ('artifact.conflict',), 'delete')

TAG_OVERTAKEN = Answer(
    409, 'Others kept changing the artifact meanwhile '
    '(``artifact.conflict``), or the type is no longer on offer '
    '(``type.gone``).', ('artifact.conflict', _GONE), 'tag')
MEMBER_EXISTS = Answer(409, 'The artifact is shared with this project '
                       'already.', ('artifact.member.exists',), 'member')

CHANGED = Answer(
    412, '``If-Match`` names another revision than the present one.',
    ('artifact.revision',))
TOO_LARGE = Answer(413, 'The body is larger than 1 MiB.',
                   ('request.too_large',))
TOO_MANY_MEMBERS = Answer(
    413, 'The artifact has as many members as it may have '
    '(``artifact.member.quota``), or the body is larger than 1 MiB.',
    ('artifact.member.quota', 'request.too_large'), 'member')
NO_ROOM = Answer(
    413, 'The project has as many artifacts as it may have '
    '(``quota.artifacts``), or the body is larger than 1 MiB.',
    ('quota.artifacts', 'request.too_large'), 'create')
NO_ROOM_THERE = Answer(
    413, 'The project that is to own the artifact has no room for it '
    '(``quota.artifacts``, ``quota.bytes``), or the body is larger than '
    '1 MiB.', ('quota.artifacts', 'quota.bytes', 'request.too_large'),
    'update')
BLOB_TOO_LARGE = Answer(
    413, 'There are more bytes than the blob may have, or than the project '
    'has room for (``quota.bytes``). Nothing is kept.',
    ('artifact.blob.too_large', 'quota.bytes'), 'upload')
ENTRY_TOO_LARGE = Answer(
    413, 'There are more bytes than the file may have, more files than the '
    'folder may have (``artifact.folder.items``), more bytes than all of them '
    'may have (``artifact.folder.total``), or than the project has room for '
    '(``quota.bytes``). Nothing is kept.',
    ('artifact.blob.too_large', 'artifact.folder.items',
     'artifact.folder.total', 'quota.bytes'), 'upload_entry')
_MEDIA = ('request.media_type',)
NOT_JSON = Answer(415, 'The body is not ``application/json``.', _MEDIA)
NOT_PATCH = Answer(
    415, 'The body is neither ``application/json-patch+json`` nor '
    '``application/merge-patch+json``.', _MEDIA, 'update')
NOT_THIS_MEDIA = Answer(415, 'The blob does not take this media type.',
                        _MEDIA, 'upload')
BAD_RANGE = Answer(
    416, 'The range lies behind the end. ``Content-Range`` tells the size.',
    ('artifact.blob.range',), headers=('Content-Range',))
FAILED = Answer(500, 'Something failed that should not; the log has the '
                'reason.', ('service.internal_error', 'type.failed'))
UNAVAILABLE = Answer(
    503, 'Artifacts are not served, or the database does not answer. '
    '``Retry-After`` tells when to try again.', _SERVICE,
    headers=('Retry-After',))
NO_LIMITS = Answer(
    503, 'Artifacts are not served, the database does not answer, or '
    'Keystone does not tell the limits (``quota.unavailable``). '
    '``Retry-After`` tells when to try again.',
    (*_SERVICE, 'quota.unavailable'), 'quota', headers=('Retry-After',))
NO_STORE = Answer(
    503, 'Artifacts are not served, the database or a store does not '
    'answer, or as many transfers are under way as there may be '
    '(``pool.busy``). ``Retry-After`` tells when to try again.',
    (*_SERVICE, 'pool.busy', 'store.full', 'store.object_missing',
     'store.truncated', 'store.unavailable', 'store.unknown'), 'store',
    headers=('Retry-After',))
NOT_STORED = Answer(
    503, 'Artifacts are not served, the database or a store does not answer, '
    'as many transfers are under way as there may be (``pool.busy``), the '
    'pool of the artifact is not configured (``pool.unknown``), or the '
    'upload was taken for dead (``artifact.blob.lease_lost``). '
    'Nothing is kept. ``Retry-After`` tells when to try again.',
    (*NO_STORE.codes, 'artifact.blob.lease_lost', 'pool.unknown',
     'quota.unavailable'), 'upload', headers=('Retry-After',))

#: What every operation may answer, unless it says more of the same status.
COMMON = (MALFORMED, NO_TOKEN, FORBIDDEN, FAILED, UNAVAILABLE)


def of(operation: Operation) -> list[Answer]:
    """All that an operation may answer, by status."""
    said = {answer.status for answer in operation.answers}
    found = [_complete(answer) for answer in operation.answers]
    found += [answer for answer in COMMON if answer.status not in said]
    return sorted(found, key=lambda answer: answer.status)


def _complete(answer: Answer) -> Answer:
    """A malformed header is answered by every operation."""
    if answer.status != MALFORMED.status or _HEADER in answer.codes:
        return answer
    return dataclasses.replace(answer, codes=(*answer.codes, _HEADER))
