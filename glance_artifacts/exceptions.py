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

"""Everything that can go wrong in a way the caller should hear about.

Each exception is one kind of answer: a ``status`` (HTTP), a ``title`` and a
stable dotted ``code`` that clients may rely on. ``code`` may be narrowed when
the exception is raised; the documented list is ``doc/source/api/errors.rst``
and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class ArtifactsError(Exception):
    """Base of every error that is answered with an error body.

    :param detail: one sentence for the person who reads the answer
    :param code: a narrower stable code than the class's own
    :param field: the artifact field, query parameter or option at fault
    :param headers: response headers that belong to the answer
    """

    status = 500
    code = 'service.internal_error'
    title = 'Internal Server Error'

    def __init__(self, detail: str, *, code: str | None = None,
                 field: str | None = None,
                 headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.field = field
        self.headers = dict(headers or {})

    def entries(self) -> list[dict]:
        """The error's entries for ``errors[]``, without status and ids."""
        entry = {'code': self.code, 'detail': self.detail}
        if self.field is not None:
            entry['field'] = self.field
        return [entry]


class BadRequest(ArtifactsError):
    status, code, title = 400, 'request.invalid', 'Bad Request'


class InvalidValue(BadRequest):
    """A value breaks the declaration of its field."""

    code = 'artifact.field.invalid'


class UnknownField(BadRequest):
    code = 'artifact.field.unknown'


class ReadOnlyField(BadRequest):
    code = 'artifact.field.read_only'


class InvalidQuery(BadRequest):
    code = 'query.invalid'


class DigestMismatch(BadRequest):
    code = 'artifact.blob.digest'


class RejectedByType(BadRequest):
    """A type's own hook refuses the artifact or its bytes."""

    code = 'artifact.rejected'


class Unauthorized(ArtifactsError):
    """Without a token: one would help."""

    status, code, title = 401, 'auth.required', 'Unauthorized'


class Forbidden(ArtifactsError):
    status, code, title = 403, 'policy.forbidden', 'Forbidden'


class NotFound(ArtifactsError):
    status, code, title = 404, 'artifact.not_found', 'Not Found'


class NotShared(Forbidden):
    """Only what is shared has members."""

    code = 'artifact.member.not_shared'


class MemberNotFound(NotFound):
    code = 'artifact.member.not_found'


class MethodNotAllowed(ArtifactsError):
    status, code = 405, 'request.method_not_allowed'
    title = 'Method Not Allowed'


class Conflict(ArtifactsError):
    status, code, title = 409, 'artifact.conflict', 'Conflict'


class Duplicate(Conflict):
    """(type_name, owner, name, version) is taken."""

    code = 'artifact.exists'


class Immutable(Conflict):
    """A field that is fixed since activation."""

    code = 'artifact.immutable'


class PatchConflict(Conflict):
    code = 'artifact.patch.conflict'


class InvalidTransition(Conflict):
    code = 'artifact.status'


class BlobExists(Conflict):
    code = 'artifact.blob.exists'


class BlobSaving(Conflict):
    code = 'artifact.blob.saving'


class MemberExists(Conflict):
    code = 'artifact.member.exists'


class Incomplete(Conflict):
    """Activation with something missing; one entry for each field."""

    code = 'artifact.activate.incomplete'

    def __init__(self, fields: Iterable[str]) -> None:
        self.fields = list(fields)
        super().__init__('Required before activation: %s.'
                         % ', '.join(self.fields))

    def entries(self) -> list[dict]:
        return [{'code': self.code, 'field': field,
                 'detail': 'Field "%s" is required before activation.' % field}
                for field in self.fields]


class Gone(ArtifactsError):
    """An image was deleted while its bytes came in."""

    status, code, title = 410, 'image.gone', 'Gone'


class RevisionMismatch(ArtifactsError):
    """``If-Match`` names another revision than the stored one."""

    status, code, title = 412, 'artifact.revision', 'Precondition Failed'


class TooLarge(ArtifactsError):
    """More than a limit allows; the entry tells the numbers.

    :param limit: the most there may be
    :param requested: what was asked for, at least
    :param used: what there is already
    """

    status, code, title = 413, 'request.too_large', 'Content Too Large'

    def __init__(self, detail: str, *, limit: int, requested: int | None,
                 used: int = 0, **kwargs) -> None:
        super().__init__(detail, **kwargs)
        self.numbers = {'limit': limit, 'used': used, 'requested': requested}

    def entries(self) -> list[dict]:
        return [{**entry, **self.numbers} for entry in super().entries()]


class OverLimit(ArtifactsError):
    """More than Glance's own limits allow; it tells no numbers."""

    status, code, title = 413, 'image.too_large', 'Content Too Large'


class UnsupportedMediaType(ArtifactsError):
    status, code = 415, 'request.media_type'
    title = 'Unsupported Media Type'


class RangeNotSatisfiable(ArtifactsError):
    status, code = 416, 'artifact.blob.range'
    title = 'Range Not Satisfiable'


class Unavailable(ArtifactsError):
    """The caller may try again: answered with ``Retry-After``."""

    status, code, title = 503, 'store.unavailable', 'Service Unavailable'

    def __init__(self, detail: str, *, retry_after: int = 10,
                 **kwargs) -> None:
        super().__init__(detail, **kwargs)
        self.headers.setdefault('Retry-After', str(retry_after))


class Busy(Unavailable):
    """As much is under way as there is room for."""

    code = 'pool.busy'


class Misconfigured(Unavailable):
    """The operator has to act.

    :param problem: what is wrong with the value
    :param option: ``[group]/name`` of the option at fault
    :param value: its value, unless that is a secret
    :param remedy: what to do
    """

    code = 'service.misconfigured'

    def __init__(self, problem: str, *, option: str, remedy: str,
                 value: object = None) -> None:
        shown = '' if value is None else ' = %s' % (value,)
        super().__init__('%s%s: %s. Remedy: %s.'
                         % (option, shown, problem, remedy), retry_after=60)
        self.option = option
