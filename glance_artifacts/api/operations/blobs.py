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

"""Bytes: blobs, and the files of folders."""

from __future__ import annotations

from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations import base
from glance_artifacts.api.operations.base import Answer
from glance_artifacts.api.operations.base import Operation

_BLOB = '/{type_name}/{id}/{blob}'
_ENTRY = _BLOB + '/{key}'

_STORED = Answer(201, 'All bytes arrived and the blob is active.',
                 variant='blob', body='blob', headers=('ETag',))
_HEADERS = ('ETag', 'Content-Length', 'Content-Disposition', 'Accept-Ranges')
_DOWNLOADED = (
    Answer(200, 'All bytes of the blob.', variant='bytes', body=base.BYTES,
           headers=_HEADERS),
    Answer(206, 'The range of bytes that was asked for.', body=base.BYTES,
           headers=(*_HEADERS, 'Content-Range')),
    Answer(304, '``If-None-Match`` names the blob\'s ``ETag``: you have the '
           'bytes.', headers=('ETag',)),
    answers.ELSEWHERE, answers.SAVING, answers.BAD_RANGE, answers.NO_STORE)
_DEACTIVATED = 'of a deactivated artifact also ' \
    '``artifact:download_deactivated``'
_CONDITIONS = ('Range', 'If-Range', 'If-None-Match')
_DIGESTS = ('X-Artifact-SHA256', 'Content-Digest')
_BYTES = {'*/*': base.BYTES}

_SHOW_FOLDER = Operation(
    'Show a folder', 'Shows the files of a folder: an object with a blob by '
    'each key.',
    (Answer(200, answers.OK.description, body='folder'), answers.NO_BLOB),
    samples={'folder-show': 'The answer to ``GET`` of a folder:'})

OPERATIONS = {
    ('PUT', _BLOB): Operation(
        'Upload a blob',
        'Uploads the bytes of a blob of a draft: the body of the request, '
        'with a ``Content-Length`` or chunked. All of it is kept or nothing. '
        'Other changes to the artifact do not disturb an upload.\n\nWhen all '
        'bytes are there, the type may look at them. It may refuse them, and '
        'it may set computed fields of the artifact.\n\nThe '
        '``Content-Type`` is kept and given back on download; '
        '``application/octet-stream`` if it is left out. Form types are '
        'refused.',
        (_STORED, answers.ELSEWHERE, answers.BAD_UPLOAD, answers.NO_BLOB,
         answers.IS_FOLDER, answers.NOT_TAKEN, answers.CHANGED,
         answers.BLOB_TOO_LARGE,
         answers.NOT_THIS_MEDIA,
         answers.NOT_STORED),
        parameters=(*_DIGESTS, 'If-Match'), request=_BYTES,
        samples={'blob-upload': ''}),

    ('GET', _BLOB): Operation(
        'Download a blob',
        'Downloads the bytes of a blob, or one range of them. Of a folder it '
        'shows the files: an object with a blob by each key.\n\nThe answer '
        'with bytes has the ``Content-Type`` of the upload, and also carries '
        '``X-Content-Type-Options: nosniff`` and '
        '``Content-Security-Policy: sandbox``.',
        (*_DOWNLOADED, answers.NO_BLOB),
        parameters=_CONDITIONS, policy=_DEACTIVATED, folder=_SHOW_FOLDER),

    ('DELETE', _BLOB): Operation(
        'Delete a blob',
        'Deletes a blob of a draft. While an upload is under way, this '
        'cancels it.',
        (answers.DELETED, answers.ELSEWHERE, answers.NO_BLOB,
         answers.IS_FOLDER, answers.NO_DRAFT, answers.CHANGED),
        parameters=('If-Match',)),

    ('PUT', _ENTRY): Operation(
        'Upload a file to a folder',
        'Uploads one file of a folder of a draft, as a blob is uploaded. '
        'Uploads to other keys of the folder may run at the same time.',
        (_STORED, answers.ELSEWHERE, answers.BAD_ENTRY, answers.NO_ENTRY,
         answers.NOT_TAKEN, answers.CHANGED, answers.ENTRY_TOO_LARGE,
         answers.NOT_THIS_MEDIA,
         answers.NOT_STORED),
        parameters=(*_DIGESTS, 'If-Match'), request=_BYTES,
        samples={'folder-entry-upload': ''}),

    ('GET', _ENTRY): Operation(
        'Download a file of a folder',
        'Downloads the bytes of one file of a folder, or one range of them, '
        'as of a blob.',
        (*_DOWNLOADED, answers.BAD_KEY, answers.NO_ENTRY),
        parameters=_CONDITIONS, policy=_DEACTIVATED),

    ('DELETE', _ENTRY): Operation(
        'Delete a file of a folder',
        'Deletes one file of a folder of a draft. While an upload to it is '
        'under way, this cancels it.',
        (answers.DELETED, answers.ELSEWHERE, answers.BAD_KEY, answers.NO_ENTRY,
         answers.NO_DRAFT, answers.CHANGED),
        parameters=('If-Match',)),
}
