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


"""What Glance refuses, in the form in which we refuse."""

from __future__ import annotations

import json
import re

import webob

from glance_artifacts import exceptions

#: Of what Glance has to say, in characters.
TEXT_LENGTH = 1000
_MARKUP = re.compile(r'<br\s*/?>')
_KINDS = {
    400: lambda said: exceptions.BadRequest(said, code='image.invalid'),
    401: lambda said: exceptions.Unauthorized(said),
    403: lambda said: exceptions.Forbidden(said, code='image.forbidden'),
    404: lambda said: exceptions.NotFound(said),
    409: lambda said: exceptions.Conflict(said, code='image.conflict'),
    410: lambda said: exceptions.Gone(said),
    413: lambda said: exceptions.OverLimit(said),
    415: lambda said: exceptions.UnsupportedMediaType(
        said, code='image.rejected'),
    503: lambda said: exceptions.Unavailable(said, code='image.unavailable'),
}


def of(response: webob.Response) -> exceptions.ArtifactsError:
    """The error that an answer of Glance's stands for: its status stays."""
    status = response.status_int
    said = text(response.body) or response.status
    if status in _KINDS:
        return _KINDS[status](said)
    error = exceptions.ArtifactsError(said, code='image.failed')
    error.status = status
    error.title = response.status.partition(' ')[2] or error.title
    return error


def text(body: bytes) -> str:
    """The words in the body of an error of Glance's, without markup."""
    said = body.decode('utf-8', 'replace')
    try:
        said = json.loads(said)['message']
    except (ValueError, KeyError, TypeError):
        pass  # it is plain text then
    return ' '.join(_MARKUP.sub(' ', said).split())[:TEXT_LENGTH]
