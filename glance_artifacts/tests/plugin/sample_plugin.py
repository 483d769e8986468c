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

"""A plugin as another project would package it.

It uses the public API alone: ``glance_artifacts.types`` and oslo.policy.
"""

from oslo_policy import policy

from glance_artifacts import types

_OWN = 'rule:context_is_admin or (role:member and project_id:%(owner)s)'


def _even(number):
    if number % 2:
        raise ValueError('must be even')


class SampleType(types.ArtifactType):
    """One field of every kind.

    The second paragraph is no title.
    """

    type_name, type_version = 'sample_types', '1.0'

    word = types.String('Lower case, fixed once active.', required=True,
                        filterable=True, sortable=True, max_length=20,
                        pattern='[a-z]+')
    colour = types.String('May always change.', mutable=True, default='red',
                          enum=('red', 'green', 'blue'), filterable=True,
                          sortable=True)
    story = types.Text('Left out of lists.', mutable=True, max_length=5000)
    count = types.Integer('Of 64 bits.', mutable=True, filterable=True,
                          sortable=True)
    pairs = types.Integer('Even and small.', minimum=0, maximum=10,
                          validators=(_even,))
    ratio = types.Float('May be negative.', filterable=True, sortable=True)
    ready = types.Boolean('Yes or no.', default=False, filterable=True,
                          sortable=True)
    due = types.DateTime('A moment.', filterable=True, sortable=True)
    sizes = types.List('Numbers.', of=types.Integer(minimum=0), max_items=4,
                       filterable=True, mutable=True)
    scores = types.Dict('Numbers by name.', of=types.Float(), mutable=True,
                        filterable=True)
    limits = types.Dict('Fixed keys.', of=types.Integer(), required=True,
                        keys=('cpu', 'ram'), required_keys=('cpu',))
    seen = types.String('Set by hooks.', computed=True, filterable=True)
    secret = types.String('Never shown.', internal=True, default='hidden')
    note = types.Blob('A small text.', max_size=16 * types.KiB,
                      content_types=('text/plain', 'application/json'))
    file = types.Blob('Any bytes.', required=True)


def _rule(action):
    return policy.DocumentedRuleDefault(
        name='sample:' + action, check_str=_OWN, scope_types=['project'],
        description='Ask an artifact to %s.' % action,
        operations=[{'method': 'POST', 'path': '/v2/artifacts' + _path(action)}
                    ])


def _path(action):
    return '/sample_types/{id}/actions/' + action


def hello(request):
    """Greet in the artifact's name."""
    artifact = request.artifact()
    request.authorize(artifact)
    body = request.json if isinstance(request.json, dict) else {}
    whom = body.get('whom', 'world')
    return {'greeting': '%s says hello to %s.' % (artifact['word'], whom)}


def stumble(request):
    """Fail as only a mistake can."""
    request.authorize(request.artifact())
    raise RuntimeError('the sample plugin stumbled')


ROUTES = (
    types.Route('POST', _path('hello'), hello, _rule('hello')),
    types.Route('POST', _path('stumble'), stumble, _rule('stumble')),
)
