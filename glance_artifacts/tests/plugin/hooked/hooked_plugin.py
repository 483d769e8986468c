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

"""Types whose hooks do what they are told, good or bad."""

from oslo_config import cfg
import sqlalchemy as sa

from glance_artifacts import types


def overtake(name):
    """Be the other client, whose change comes first each time."""
    url = cfg.CONF.database.connection
    engine = sa.create_engine(
        url, connect_args={'timeout': 60} if 'sqlite' in url else {})
    with engine.begin() as conn:
        conn.execute(sa.text('UPDATE gart_artifacts '
                             'SET revision = revision + 1 '
                             'WHERE name = :name'), {'name': name})
    engine.dispose()


class Hooked(types.ArtifactType):
    """The first line of its bytes, or its word, tells a hook what to do."""

    type_name = 'hooked_types'

    word = types.String('For validate and on_activate.', mutable=True)
    low = types.Integer('Not above high.', mutable=True)
    high = types.Integer('Not below low.', mutable=True)
    lines = types.Integer('Lines in the bytes.', computed=True,
                          filterable=True, sortable=True)
    note = types.String('Set on activation.', computed=True, filterable=True)
    secret = types.String('The first line.', internal=True)
    data = types.Blob('Bytes.', max_size=4 * types.MiB)
    other = types.Blob('More of them.', max_size=4 * types.MiB)

    def validate(self, artifact):
        if artifact['word'] == 'raise':
            raise RuntimeError('validate stumbled')
        if artifact['word'] == 'overtake':
            overtake(artifact['name'])
        if None not in (artifact['low'], artifact['high']):
            if artifact['low'] > artifact['high']:
                raise types.Rejected('low is above high')
        if artifact['word'] == 'only-with-secret' and not artifact['secret']:
            raise types.Rejected('no secret yet')
        artifact['word'] = 'validate changes nothing'

    def inspect(self, blob):
        with blob.open() as file:
            first = file.readline().strip().decode('latin-1')
            return getattr(self, '_' + first, self._count)(first, file)

    def _count(self, first, file):
        return {'lines': 1 + sum(1 for line in file), 'secret': first}

    def _nothing(self, first, file):
        return None

    def _reject(self, first, file):
        raise types.Rejected('The bytes are not good enough.')

    def _stumble(self, first, file):
        raise ValueError('inspect stumbled over secret bytes')

    def _leave(self, first, file):
        raise SystemExit(3)

    def _recurse(self, first, file):
        return self._recurse(first, file)

    def _stranger(self, first, file):
        return {'word': 'not for hooks'}

    def _unknown(self, first, file):
        return {'no_such_field': 1}

    def _wrong(self, first, file):
        return {'lines': 'many'}

    def _list(self, first, file):
        return [('lines', 1)]

    def _swallow(self, first, file):
        try:
            file.read()
        except Exception:
            return {'lines': 0}
        return {'lines': 1}

    def _ends(self, first, file):
        """Read the beginning and the end alone."""
        file.seek(-6, 2)
        return {'lines': 2, 'secret': file.read().decode()}

    def on_activate(self, artifact):
        if artifact['word'] == 'reject':
            raise types.Rejected('Not yet.')
        if artifact['word'] == 'stumble':
            raise KeyError('on_activate stumbled')
        if artifact['word'] == 'stranger':
            return {'high': 1}
        return {'note': 'activated with %s' % artifact['secret']}


class Box(types.ArtifactType):
    """Files of small sizes."""

    type_name = 'boxes'

    files = types.Folder('At least one.', required=True, max_items=3,
                         max_size=60, max_total=100)
    texts = types.Folder('Of one media type.', max_size=1000,
                         max_total=types.MiB, content_types=('text/plain',))
    names = types.List('Keys that were seen.', of=types.String(),
                       computed=True)

    def inspect(self, blob):
        with blob.open() as file:
            if file.read(3) == b'bad':
                raise types.Rejected('%s is bad' % blob.key)
        if blob.field == 'files':
            return {'names': sorted([*blob.artifact['files'], blob.key])}


class Pointer(types.ArtifactType):
    """Links of each kind."""

    type_name = 'pointers'

    any = types.Link('To whatever.', mutable=True, filterable=True)
    box = types.Link('To a box.', to=('boxes',), external=False)
