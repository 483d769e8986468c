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

"""Types and records for tests: complete, and different where you say so."""

import datetime
import uuid

from glance_artifacts.db import ids
from glance_artifacts.db import records
from glance_artifacts import policy
from glance_artifacts import types

UTC = datetime.timezone.utc
MOMENT = datetime.datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


class Sample(types.ArtifactType):
    """One field of each kind."""

    type_name = 'samples'

    word = types.String('', filterable=True, sortable=True)
    long = types.String('', filterable=True, sortable=True, max_length=5000)
    fixed = types.String('')
    count = types.Integer('', filterable=True, sortable=True)
    ratio = types.Float('', filterable=True, sortable=True, mutable=True)
    flag = types.Boolean('', filterable=True, sortable=True)
    moment = types.DateTime('', filterable=True, sortable=True)
    words = types.List('', of=types.String(), filterable=True)
    counts = types.List('', of=types.Integer(), filterable=True)
    scores = types.Dict('', of=types.Float(), filterable=True)
    needed = types.Dict('', of=types.String(), required=True)
    prose = types.Text('', mutable=True)
    secret = types.String('', internal=True)
    seen = types.String('', computed=True, filterable=True)
    data = types.Blob('', required=True, max_size=1000)
    extra = types.Blob('', max_size=1000)


FIELDS = Sample.values()


def artifact(**values) -> records.Artifact:
    """An active, private artifact of project ``p``.

    :param fields: values of the type's own fields, beside the defaults
    """
    created = values.setdefault('created_at', MOMENT)
    fields = {name: field.initial() for name, field in FIELDS.items()}
    fields.update(values.pop('fields', {}))
    defaults = {
        'id': ids.new(created), 'type_name': Sample.type_name,
        'type_version': Sample.type_version, 'owner': 'p', 'name': 'a name',
        'version': '1.0.0', 'status': 'active', 'visibility': 'private',
        'pool': 'general', 'updated_at': created,
        'activated_at': None if values.get('status') == 'drafted'
        else created}
    return records.Artifact(**{**defaults, **values}, fields=fields)


def blob(field: str = 'data', key: str = '', **values) -> records.Blob:
    """A blob that is active."""
    defaults = {'status': 'active', 'upload': str(uuid.uuid4()), 'size': 11,
                'content_type': 'text/plain', 'sha256': 'ab' * 32,
                'md5': 'cd' * 16, 'segments': 1}
    return records.Blob(field=field, key=key, **{**defaults, **values})


def with_blobs(*blobs: records.Blob, **values) -> records.Artifact:
    """An artifact that has these blobs."""
    return artifact(blobs={(one.field, one.key): one for one in blobs},
                    **values)


def members(**statuses: str) -> dict[str, records.Member]:
    """Projects that an artifact is shared with, by name."""
    return {name: records.Member(name, status, MOMENT, MOMENT)
            for name, status in statuses.items()}


def caller(project_id: str | None = 'p',
           is_admin: bool = False) -> policy.Caller:
    """A member of a project, or an administrator."""
    return policy.Caller(project_id, is_admin, {})
