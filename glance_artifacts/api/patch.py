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

"""JSON Patch (RFC 6902) of an artifact as the API shows it."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonpatch
import jsonpointer

from glance_artifacts.api import json_body
from glance_artifacts import exceptions

MEDIA_TYPE = 'application/json-patch+json'
MAX_OPERATIONS = 1000


def targets(operations: Any) -> list[str]:
    """The fields that a patch would write, in order.

    :raises BadRequest: when it is no JSON Patch
    """
    if not isinstance(operations, list):
        raise _invalid('A JSON Patch is a list of operations.')
    if len(operations) > MAX_OPERATIONS:
        raise _invalid('A patch may have %d operations.' % MAX_OPERATIONS)
    found: dict[str, None] = {}
    for operation in operations:
        found.update(dict.fromkeys(_written(operation)))
    return list(found)


def apply(document: dict[str, Any], operations: list) -> dict[str, Any]:
    """The document after all operations; the one given stays as it is.

    :raises PatchConflict: when a test fails or a path is not there
    :raises BadRequest: when an operation makes no sense
    """
    document, copied = copy.deepcopy(document), 0
    try:
        for operation in operations:
            if operation['op'] == 'copy':
                # copies of copies double in size each time
                copied += _size(document, operation['from'])
                _check_copied(copied)
            document = jsonpatch.apply_patch(document, [operation],
                                             in_place=True)
    except (jsonpatch.JsonPatchConflict, jsonpatch.JsonPatchTestFailed,
            jsonpointer.JsonPointerException) as exc:
        raise exceptions.PatchConflict(
            'The patch does not fit: %s' % str(exc)[:200]) from exc
    except (jsonpatch.JsonPatchException, TypeError, ValueError,
            KeyError) as exc:
        raise _invalid('An operation makes no sense: %s'
                       % str(exc)[:200]) from exc
    except RecursionError as exc:
        raise _invalid('The patch nests too deeply.') from exc
    return document


def _written(operation: Any) -> list[str]:
    """The fields that one operation writes."""
    if not isinstance(operation, dict):
        raise _invalid('Each operation is an object.')
    name = operation.get('op')
    if name not in ('add', 'remove', 'replace', 'move', 'copy', 'test'):
        raise _invalid('There is no operation %s.'
                       % json.dumps(name)[:64])
    if name in ('add', 'replace', 'test') and 'value' not in operation:
        raise _invalid('Operation %s needs a value.' % name)
    if name == 'test':
        _parts(operation, 'path')
        return []
    field = _field(operation, 'path')
    if name in ('move', 'copy'):
        source = _field(operation, 'from')
        return [source, field] if name == 'move' else [field]
    return [field]


def _field(operation: dict, key: str) -> str:
    parts = _parts(operation, key)
    if not parts:
        raise _invalid('The artifact as a whole cannot be patched.')
    return parts[0]


def _parts(operation: dict, key: str) -> list[str]:
    path = operation.get(key)
    if not isinstance(path, str):
        raise _invalid('Operation %s needs a %s.' % (operation['op'], key))
    try:
        return jsonpointer.JsonPointer(path).parts
    except jsonpointer.JsonPointerException as exc:
        raise _invalid('%s is no JSON Pointer.' % key) from exc


def _size(document: dict[str, Any], path: str) -> int:
    """Bytes of JSON at a path."""
    return len(json.dumps(jsonpointer.resolve_pointer(document, path)))


def _check_copied(size: int) -> None:
    if size > json_body.MAX_BYTES:
        raise _invalid('A patch may copy %d bytes.' % json_body.MAX_BYTES)


def _invalid(detail: str) -> exceptions.BadRequest:
    return exceptions.BadRequest(detail, code='request.patch')
