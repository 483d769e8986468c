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

"""What every operation answers besides where the type is ``images``."""

from __future__ import annotations

import dataclasses

from glance_artifacts.api.operations.base import Answer

#: The variants of answers that Glance shares with us, and of its own.
_BOTH, _ALONE = 'image', 'glance'

#: In Glance's own words, for its own reasons.
_GLANCES = (
    Answer(400, 'Glance refuses the request.',
           ('image.if_match', 'image.invalid', 'image.status')),
    Answer(403, 'Glance does not allow it.', ('image.forbidden',)),
    Answer(409, 'The state of the image does not allow it.',
           ('image.conflict',)),
    Answer(410, 'Glance has not kept the image meanwhile.', ('image.gone',)),
    Answer(413, 'A limit of Glance\'s does not allow it.',
           ('image.too_large',)),
    Answer(415, 'Glance does not take these bytes.', ('image.rejected',)),
    Answer(500, 'Glance failed.', ('image.failed',)),
    Answer(503, 'Glance or a store does not answer.',
           ('image.unavailable',), headers=('Retry-After',)),
)


def of(answers: list[Answer]) -> list[Answer]:
    """The same with what Glance may answer."""
    told = {answer.status: answer for answer in _GLANCES}
    found = [_both(answer, told.pop(answer.status, None))
             for answer in answers]
    found += [dataclasses.replace(one, variant=_ALONE)
              for one in told.values()]
    return sorted(found, key=lambda answer: answer.status)


def _both(ours: Answer, glances: Answer | None) -> Answer:
    if glances is None:
        return ours
    variant = (_BOTH if ours.variant == 'default'
               else '%s.%s' % (ours.variant, _BOTH))
    return dataclasses.replace(
        ours, codes=(*ours.codes, *glances.codes), variant=variant,
        description='%s %s' % (ours.description, glances.description))
