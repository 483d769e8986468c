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

"""What the files say, and values that options cannot have.

oslo.config reads a value when it is first asked for; what is wrong with it
comes out then, in an error that does not name the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import pathlib

from oslo_config import cfg

from glance_artifacts import exceptions

Sections = dict[str, dict[str, list[str]]]


def files(conf: cfg.ConfigOpts) -> Iterator[tuple[pathlib.Path, Sections]]:
    """The files that were read, in their order, and what they say."""
    paths = [pathlib.Path(path) for path in conf.config_file]
    for directory in conf.config_dir:
        paths += sorted(pathlib.Path(directory).glob('*.conf'))
    for path in paths:
        sections: Sections = {}
        cfg.ConfigParser(str(path), sections).parse()
        yield path, sections


def problems(conf: cfg.ConfigOpts, group: str,
             opts: Iterable[cfg.Opt]) -> Iterator[exceptions.Misconfigured]:
    """What is wrong with the values of a group's options.

    :param opts: options that are registered in the group
    """
    section = conf if group == 'DEFAULT' else conf[group]
    for opt in opts:
        try:
            section[opt.dest]
        except (cfg.Error, ValueError) as exc:
            _, _, reason = str(exc).rpartition('is not valid: ')
            yield exceptions.Misconfigured(
                'is no value for it' if opt.secret
                else ' '.join(reason.split()),
                option='[%s]/%s' % (group, opt.name),
                value=None if opt.secret else _raw(conf, group, opt.name),
                remedy='give it a value of its kind (%s)' % opt.type)


def _raw(conf: cfg.ConfigOpts, group: str, name: str) -> str | None:
    """What the last file says that names the option."""
    found = None
    for _, sections in files(conf):
        found = sections.get(group, {}).get(name, [found])[-1]
    return found
