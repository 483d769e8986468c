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

"""Runs the hooks of a type and turns what they do into answers.

==================================  =======================================
a hook                              the caller gets
==================================  =======================================
raises ``Rejected``, or lets a      400 ``artifact.rejected`` with its text
field's ``coerce`` refuse a value
raises anything else, or returns    500 ``type.failed``; the log names the
what it may not return              class, the hook and the reason
reads more than its budget          400 ``artifact.rejected``
==================================  =======================================

A store that fails while a hook reads raises through it as it is: that is no
fault of the type.
"""

from __future__ import annotations

import copy
from typing import Any
from typing import NoReturn

from oslo_log import log as logging

from glance_artifacts import exceptions
from glance_artifacts.types.base import ArtifactType
from glance_artifacts.types.blob_view import BlobView
from glance_artifacts.types.rejected import Rejected

LOG = logging.getLogger(__name__)
#: the code of answers to requests whose hook failed
FAILED = 'type.failed'
#: of what a type may tell the caller, in characters
TEXT_LENGTH = 1000


def has(cls: type[ArtifactType], hook: str) -> bool:
    """Whether a type overrides a hook; one that does not need not run."""
    return getattr(cls, hook) is not getattr(ArtifactType, hook)


def validate(cls: type[ArtifactType], artifact: dict[str, Any]) -> None:
    """Run ``validate`` on a copy of an artifact.

    :raises RejectedByType: if the type refuses it
    :raises ArtifactsError: ``type.failed``, if the hook does
    """
    if has(cls, 'validate'):
        _call(cls, 'validate', copy.deepcopy(artifact))


def inspect(cls: type[ArtifactType], view: BlobView) -> dict[str, Any]:
    """Run ``inspect``; what it returned, in normal form, by field.

    :raises RejectedByType: if the type refuses the bytes, or reads more
        than its budget
    :raises ArtifactsError: ``type.failed``, if the hook does
    :raises Exception: what ``read_at`` raised
    """
    if not has(cls, 'inspect'):
        return {}
    returned, error = _run(cls, 'inspect', view)
    # Whatever the hook made of a read that failed: the failure counts.
    if view.failure is not None and not isinstance(view.failure, Rejected):
        raise view.failure
    if error := view.failure or error:
        _answer(cls, 'inspect', error)
    return _returned(cls, 'inspect', returned)


def on_activate(cls: type[ArtifactType],
                artifact: dict[str, Any]) -> dict[str, Any]:
    """Run ``on_activate``; what it returned, in normal form, by field.

    :raises RejectedByType: if the type refuses
    :raises ArtifactsError: ``type.failed``, if the hook does
    """
    if not has(cls, 'on_activate'):
        return {}
    returned = _call(cls, 'on_activate', copy.deepcopy(artifact))
    return _returned(cls, 'on_activate', returned)


def upgrade(cls: type[ArtifactType], document: dict[str, Any],
            from_version: str) -> dict[str, Any]:
    """Bring a document of another type version into the form of this one.

    :param document: the values of the type's own fields, by name
    :returns: a value in normal form for each field of this version
    :raises RejectedByType: if the type refuses
    :raises ArtifactsError: ``type.failed``, if the hook fails or leaves
        what is no field of this version, or no value of it
    """
    returned = _call(cls, 'upgrade', copy.deepcopy(document), from_version)
    fields = cls.values()
    given = _coerced(cls, 'upgrade', returned, fields)
    return {name: given[name] if name in given else field.initial()
            for name, field in fields.items()}


def _returned(cls: type[ArtifactType], hook: str,
              returned: Any) -> dict[str, Any]:
    fields = {name: field for name, field in cls.fields.items()
              if field.computed or field.internal}
    return _coerced(cls, hook, {} if returned is None else returned, fields)


def _coerced(cls: type[ArtifactType], hook: str, returned: Any,
             fields: dict[str, Any]) -> dict[str, Any]:
    """What a hook returned, in normal form, if it may set these fields."""
    try:
        if not isinstance(returned, dict):
            raise TypeError('it returned %s, not a dict'
                            % type(returned).__name__)
        if strange := [name for name in returned if name not in fields]:
            raise ValueError('it may not set %r' % strange[0])
        return {name: fields[name].coerce(value)
                for name, value in returned.items()}
    except Exception as error:
        _fail(cls, hook, error)


def _call(cls: type[ArtifactType], hook: str, *arguments: Any) -> Any:
    returned, error = _run(cls, hook, *arguments)
    if error is not None:
        _answer(cls, hook, error)
    return returned


def _run(cls: type[ArtifactType], hook: str,
         *arguments: Any) -> tuple[Any, BaseException | None]:
    """What a hook returned, and what it raised."""
    try:
        return getattr(cls(), hook)(*arguments), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # Whatever a plugin raises, SystemExit included, ends one request.
        return None, error


def _answer(cls: type[ArtifactType], hook: str,
            error: BaseException) -> NoReturn:
    # what a field's own coerce refuses is the uploader's fault, too
    if not isinstance(error, Rejected | exceptions.InvalidValue):
        _fail(cls, hook, error)
    text = str(error)[:TEXT_LENGTH].encode('utf-8', 'replace').decode()
    raise exceptions.RejectedByType(
        text or 'The type %s refuses it.' % cls.type_name) from error


def _fail(cls: type[ArtifactType], hook: str,
          error: BaseException) -> NoReturn:
    LOG.error('%(class)s failed in %(hook)s: %(kind)s: %(error)s',
              {'class': '%s:%s' % (cls.__module__, cls.__qualname__),
               'hook': hook, 'kind': type(error).__name__, 'error': error},
              exc_info=error)
    raise exceptions.ArtifactsError(
        'The artifact type %s failed in its hook %s; the log of the service '
        'says why.' % (cls.type_name, hook), code=FAILED) from error
