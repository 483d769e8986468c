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

from typing import Any

from oslo_log import log as logging
import webob

from glance_artifacts.api import blob_fields
from glance_artifacts.api import changes
from glance_artifacts.api import digests
from glance_artifacts.api import elsewhere
from glance_artifacts.api import ranges
from glance_artifacts.api import request
from glance_artifacts.api import sending
from glance_artifacts.api import server
from glance_artifacts.api import views
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.policies import blobs as rules
from glance_artifacts.repository import bodies
from glance_artifacts.repository import type_versions
from glance_artifacts.store import bulkhead
from glance_artifacts.store import reader
from glance_artifacts.store import redaction

LOG = logging.getLogger(__name__)

_HEADERS = {'Accept-Ranges': 'bytes', 'Content-Disposition': 'attachment',
            'X-Content-Type-Options': 'nosniff',
            'Content-Security-Policy': 'sandbox'}
#: So few bytes go into the buffers of a connection: nobody waits for the
#: client, and they do not count as a transfer.
_FEW = 64 * 1024


@changes.follow
def upload(req: request.Request) -> webob.Response:
    elsewhere.check_image(req)
    artifact = req.record()
    req.authorize(artifact)
    elsewhere.check(req, artifact)
    req.check_if_match(artifact)
    type_class = req.class_of(artifact)
    type_versions.check_offered(type_class)
    field, key = _field(req, artifact)
    lifecycle.check_draft(artifact, field.name)
    if (req.announced or 0) > field.max_size:
        raise reader.too_large(field.max_size, req.announced)
    upload = bodies.Upload(
        type_class=type_class, field=field, key=key, body=req.incoming,
        shown=views.artifact(artifact, type_class, internal=True),
        content_type=blob_fields.content_type(
            req.headers.get('Content-Type'), field), size=req.announced,
        sha256=digests.expected(req.headers))
    with req.service.bulkhead.enter(artifact.pool):
        blob = req.repository.upload(artifact, upload)
    response = views.answer(views.blob(blob), 201)
    response.etag = blob.etag
    return response


def download(req: request.Request) -> webob.Response:
    elsewhere.check_image(req)
    artifact = req.record()
    req.authorize(artifact)
    field, key = _field(req, artifact)
    if field.kind == 'folder' and not key:
        return views.answer(views.folder(artifact, field.name))
    blob = _blob(artifact, field, key)
    if artifact.status == lifecycle.DEACTIVATED:
        req.authorize(artifact, rules.DOWNLOAD_DEACTIVATED.name)
    if blob.status != 'active':
        raise exceptions.BlobSaving('The upload is still under way.',
                                    field=blob.field)
    elsewhere.check(req, artifact)
    response = webob.Response(content_type=None, headers=_HEADERS)
    # as it came: webob would add a charset of its own
    response.headers['Content-Type'] = blob.content_type
    response.etag = blob.etag
    if req.has(blob.etag):
        req.repository.check_readable(artifact, blob)
        response.status = 304
        return response
    return _with_bytes(req, response, artifact, blob)


def delete(req: request.Request) -> None:
    def change(artifact: records.Artifact) -> None:
        elsewhere.check(req, artifact)
        blob = _blob(artifact, *_field(req, artifact))
        lifecycle.check_draft(artifact, blob.field)
        req.repository.delete_blob(artifact, blob)

    changes.apply(req, change, without_plugin=True)


def _with_bytes(req: request.Request, response: webob.Response,
                artifact: records.Artifact,
                blob: records.Blob) -> webob.Response:
    part = ranges.parse(_range_header(req, blob), blob.size)
    start, stop = part or (0, blob.size)
    if part is not None:
        response.status = 206
        response.content_range = (start, stop, blob.size)
    if req.method != 'HEAD' and stop > start:
        response.app_iter = _transfer(
            req, artifact, blob, part, few=stop - start <= _FEW)
    else:
        req.repository.check_readable(artifact, blob)
    response.content_length = stop - start
    return response


def _transfer(req: request.Request, artifact: records.Artifact,
              blob: records.Blob, part: tuple[int, int] | None, *,
              few: bool) -> Any:
    """What the server sends, and closes when it has done so."""
    transfer = (bulkhead.FREE if few
                else req.service.bulkhead.enter(artifact.pool))
    try:
        return _bytes(req, artifact, blob, part, transfer)
    except BaseException:
        transfer.close()
        raise


def _bytes(req: request.Request, artifact: records.Artifact,
           blob: records.Blob, part: tuple[int, int] | None,
           transfer: bulkhead.Transfer) -> Any:
    """The bytes, of which the first ones are here."""
    start, stop = part or (0, blob.size)
    try:
        return sending.Sending(
            req.repository.read(artifact, blob, start, stop - start),
            transfer, server.outlet())
    except exceptions.Unavailable:
        _look_again(req, artifact)
        raise
    except OSError as exc:
        _look_again(req, artifact)
        redaction.say(LOG.error, 'The bytes of "%s" cannot be read: %s',
                      blob.field, type(exc).__name__)
        raise exceptions.Unavailable(
            'The bytes cannot be found now.',
            code='store.object_missing') from None


def _look_again(req: request.Request, artifact: records.Artifact) -> None:
    """Whether what cannot be read was deleted, or moved away, meanwhile."""
    now = req.record()
    _blob(now, *_field(req, artifact))
    elsewhere.check(req, now)


def _range_header(req: request.Request, blob: records.Blob) -> str | None:
    if req.method == 'HEAD':
        return None  # RFC 9110, 14.2: ranges are for GET alone
    condition = req.headers.get('If-Range')
    if condition is not None and condition != '"%s"' % blob.etag:
        return None
    return req.headers.get('Range')


def _field(req: request.Request, artifact: records.Artifact,
           ) -> tuple[blob_fields.BytesField, str]:
    """The field that the path names, and the entry if it is a folder.

    :raises MethodNotAllowed: for a folder as a whole, but to read it
    """
    key = req.args.get('key', '')
    field = blob_fields.find(req.class_of(artifact), req.args['blob'], key)
    if field.kind == 'folder' and not key and (
            req.method not in ('GET', 'HEAD')):
        raise exceptions.MethodNotAllowed(
            'A folder is written entry by entry.',
            headers={'Allow': 'GET, HEAD'})
    return field, key


def _blob(artifact: records.Artifact, field: blob_fields.BytesField,
          key: str) -> records.Blob:
    blob = artifact.blob(field.name, key)
    if blob is None:
        raise exceptions.NotFound(
            'Nothing was uploaded to "%s".' % field.name,
            code='artifact.blob.not_found')
    return blob
