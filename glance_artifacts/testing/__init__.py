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

"""Tests for authors of artifact types, kept stable by its ``__all__``.

A type is tested by naming it, with a body that makes a complete artifact and
files that it takes and refuses::

    from glance_artifacts import testing

    class TestCollection(testing.TypeConformance):
        type_class = Collection
        create = {'name': 'a.b', 'version': '1.0.0'}
        samples = {'archive': testing.make_tar({'MANIFEST.json': b'{}'})}
        rejected = [('archive', b'no archive')]

and ``python -m unittest``: neither a server nor a network is needed.
"""

from glance_artifacts.testing.archives import make_tar
from glance_artifacts.testing.archives import make_zip
from glance_artifacts.testing.conformance import TypeConformance

__all__ = ('TypeConformance', 'make_tar', 'make_zip')
