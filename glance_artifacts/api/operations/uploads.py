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

"""Uploads in parts."""

from __future__ import annotations

from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations import base
from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation

_ALL = '/{type_name}/{id}/uploads'
_ONE = _ALL + '/{upload}'
_PART = _ONE + '/parts/{n}'
_JSON = 'application/json'
_BYTES = {'*/*': base.BYTES}
_BODY = ('request.json', 'request.truncated')

_NO_UPLOAD = Answer(
    404, 'There is no such artifact, the caller does not see it, or it has no '
    'such upload, or none any more (``artifact.upload.not_found``).',
    (*answers.NOT_FOUND.codes, 'artifact.upload.not_found'), 'upload')
_NO_BLOB_FIELD = Answer(
    404, 'There is no such artifact, the caller does not see it, or its type '
    'has no such blob.', (*answers.NOT_FOUND.codes, 'artifact.blob.unknown'),
    'blob_field')
_BAD_SESSION = Answer(
    400, 'A member is unknown or has a value that is not allowed, the blobs '
    'of this type are not uploaded in parts (``image.uploads``), or the body '
    'is not a JSON object.',
    ('artifact.field.invalid', 'artifact.field.unknown', 'artifact.blob.key',
     'image.uploads', *_BODY), 'session')
_BAD_PART = Answer(
    400, 'There can be no part of this number (``artifact.upload.part``), '
    'the bytes do not have the digest that was announced, a header is '
    'malformed, or the body ended early. Of this part nothing is kept.',
    ('artifact.upload.part', 'artifact.blob.digest', 'image.uploads',
     'request.truncated'), 'part')
_BAD_COMPLETION = Answer(
    400, 'The parts do not have the tree digest that was announced '
    '(``artifact.blob.digest``), ``parts`` is no list of parts, the body is '
    'not a JSON object, or the type refuses the bytes '
    '(``artifact.rejected``): then the upload and its parts are gone.',
    ('artifact.blob.digest', 'artifact.field.invalid',
     'artifact.field.unknown', 'artifact.rejected', 'image.uploads', *_BODY),
    'complete')
_NOT_UPLOADED = Answer(
    400, 'The blobs of this type are not uploaded in parts.',
    ('image.uploads',), 'uploads')
_COMPLETE = Answer(
    409, 'The upload is complete (``artifact.upload.complete``), the artifact '
    'was given to another project meanwhile (``artifact.conflict``), or the '
    'type is no longer on offer (``type.gone``).',
    ('artifact.upload.complete', 'artifact.conflict', 'type.gone'), 'part')
_NOT_WHOLE = Answer(
    409, 'Parts are missing, too short, or not those that are listed '
    '(``artifact.upload.incomplete``), parts arrived meanwhile '
    '(``artifact.upload.changed``), the upload was cancelled '
    '(``artifact.blob.cancelled``), or the type is no longer on offer '
    '(``type.gone``).',
    ('artifact.upload.incomplete', 'artifact.upload.changed',
     'artifact.blob.cancelled', 'type.gone'), 'complete')
_SESSION_TOO_LARGE = Answer(
    413, 'There would be more bytes than the blob may have, more files than '
    'the folder may have (``artifact.folder.items``), or more bytes than all '
    'of them may have (``artifact.folder.total``); or the body is larger than '
    '1 MiB.',
    ('artifact.blob.too_large', 'artifact.folder.items',
     'artifact.folder.total', 'request.too_large'), 'session')
_PART_TOO_LARGE = Answer(
    413, 'The part has more bytes than it may have '
    '(``artifact.upload.part_too_large``), or than the project has room for '
    '(``quota.bytes``). Of this part nothing is kept.',
    ('artifact.upload.part_too_large', 'quota.bytes'), 'part')
_COMPLETE_TOO_LARGE = Answer(
    413, 'All files of the folder would have more bytes than they may have '
    '(``artifact.folder.total``), or the body is larger than 1 MiB.',
    ('artifact.folder.total', 'request.too_large'), 'complete')

OPERATIONS = {
    ('POST', _ALL): Operation(
        'Begin an upload in parts',
        'Takes the place of a blob, or of a file in a folder, for parts that '
        'follow. The blob is shown as ``saving`` until the upload is complete '
        'or cancelled. All parts but the last have ``part_size`` bytes; the '
        'server proposes a size. An upload ends by itself seven days after '
        'its last part.',
        (Answer(201, 'Parts may come.', variant='session', body='upload',
                headers=('Location',)),
         answers.ELSEWHERE, _BAD_SESSION, _NO_BLOB_FIELD, answers.NOT_TAKEN,
         answers.CHANGED, _SESSION_TOO_LARGE,
         answers.NOT_THIS_MEDIA),
        parameters=('If-Match',), request={_JSON: 'upload_create'},
        request_sample='upload-create', samples={'upload-create': ''}),

    ('GET', _ONE): Operation(
        'Show an upload in parts',
        'Shows an upload and the parts that have arrived: what to send again '
        'after a broken line.',
        (Answer(200, answers.OK.description, body='upload'),
         answers.ELSEWHERE, _NOT_UPLOADED, _NO_UPLOAD),
        samples={'upload-show': ''}),

    ('DELETE', _ONE): Operation(
        'Cancel an upload in parts',
        'Gives an upload up. Nothing of its parts is kept.',
        (answers.DELETED, answers.ELSEWHERE, _NOT_UPLOADED, _NO_UPLOAD,
         _COMPLETE)),

    ('PUT', _PART): Operation(
        'Upload a part',
        'Uploads one part: the body of the request, with a '
        '``Content-Length`` or chunked. Parts may come in any order, several '
        'at a time, and through any process of the service. A part that '
        'comes again with other bytes takes the place of the earlier one.',
        (Answer(200, 'The part has arrived.', variant='part', body='part'),
         answers.ELSEWHERE, _BAD_PART, _NO_UPLOAD, _COMPLETE,
         _PART_TOO_LARGE, answers.NOT_STORED),
        parameters=('X-Artifact-SHA256', 'Content-Digest'), request=_BYTES,
        samples={'upload-part': ''}),

    ('POST', _ONE + '/complete'): Operation(
        'Complete an upload in parts',
        'Makes the parts one blob, which is active then, or changes nothing. '
        'The body may be left out; ``parts`` lists what the client takes to '
        'have arrived. When all is there, the type may look at the bytes. '
        'The same request once more has the same answer.\n\n'
        '``tree_sha256`` of the blob is the sha256 of the sha256 digests of '
        'its parts: 32 bytes each, one after the other in the order of the '
        'parts. ``sha256`` and ``md5`` are ``null``.',
        (Answer(201, 'The blob is active.', variant='complete', body='blob',
                headers=('ETag',)),
         answers.ELSEWHERE, _BAD_COMPLETION, _NO_UPLOAD, _NOT_WHOLE,
         _COMPLETE_TOO_LARGE, answers.NOT_JSON, answers.NO_STORE),
        request={_JSON: 'upload_complete'}, request_sample='upload-complete',
        samples={'upload-complete': ''}),
}
