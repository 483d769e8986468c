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

"""The commands ``paste enable`` and ``paste disable``."""

from __future__ import annotations

import argparse
import errno
import os
import pathlib
import shutil
import sys
import tempfile

from glance_artifacts.cmd import paste_file

_EDITS = {
    'enable': (paste_file.enable, 'Artifacts are enabled in %s already.',
               'Enabled in %s. Restart glance-api for it to take effect.'),
    'disable': (paste_file.disable, 'Artifacts are not enabled in %s.',
                'Disabled in %s. Restart glance-api before you remove the'
                ' package.'),
}
_DESCRIPTION = {
    'enable': 'Have glance-api serve artifacts: add the line "%s: %s" to the'
              ' section [composite:rootapp] of its paste file, and the'
              ' section [app:%s]. Everything else stays as it is; repeating'
              ' it changes nothing.' % (paste_file.ROUTE, paste_file.APP,
                                        paste_file.APP),
    'disable': 'Take out what "paste enable" added, and nothing else. Do it'
               ' before you remove the package: with the line in its paste'
               ' file and without the package glance-api does not start.'
               ' Artifacts and their bytes stay.',
}


def add_parser(groups) -> None:
    """Add ``paste`` to the commands."""
    group = groups.add_parser(
        'paste', help='switch artifacts on or off in glance-api',
        description='Edit the paste file of glance-api (usually'
                    ' /etc/glance/glance-api-paste.ini). What changes is'
                    ' printed as a diff.')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    for name, text in (('enable', 'add our line and section'),
                       ('disable', 'remove them')):
        command = commands.add_parser(name, help=text,
                                      description=_DESCRIPTION[name])
        command.add_argument('file', metavar='FILE', type=pathlib.Path,
                             help='the paste file')
        command.add_argument('--output', metavar='NEW', type=pathlib.Path,
                             help='write to this file and leave FILE alone')
        command.add_argument('--dry-run', action='store_true',
                             help='print the diff and write nothing')
        command.set_defaults(run=_run, edit=name)


def _run(args: argparse.Namespace) -> int:
    edit, nothing, done = _EDITS[args.edit]
    target = args.output or args.file
    try:
        old = _read(args.file)
        new = edit(old)
        _show(paste_file.diff(old, new, str(args.file), str(target)))
        if new == old:
            print(nothing % args.file)
        if not args.dry_run and (new != old or args.output):
            _replace(target, new.encode('utf-8'), args.file)
            print(done % target)
    except paste_file.PasteError as exc:
        return _fail(args.file, str(exc))
    except OSError as exc:
        return _fail(target, 'cannot be written: %s' % exc.strerror)
    return 0


def _fail(path: pathlib.Path, problem: str) -> int:
    print('glance-artifacts-manage: %s: %s' % (path, problem),
          file=sys.stderr)
    return 1


def _read(path: pathlib.Path) -> str:
    try:
        return path.read_bytes().decode('utf-8')
    except OSError as exc:
        raise paste_file.PasteError('cannot be read: %s'
                                    % exc.strerror) from exc
    except UnicodeDecodeError as exc:
        raise paste_file.PasteError('is not UTF-8 (at byte %d)'
                                    % exc.start) from exc


def _show(diff: str) -> None:
    # a terminal that lacks a character of a comment is no reason to fail
    encoding = getattr(sys.stdout, 'encoding', None) or 'utf-8'
    print(diff.encode(encoding, 'backslashreplace').decode(encoding), end='')


def _replace(path: pathlib.Path, content: bytes, model: pathlib.Path) -> None:
    """Write a file so that a reader finds the old one or the whole new one.

    It keeps the owner, mode and attributes of the file it replaces; a file
    that was not there gets the mode of ``model``.
    """
    path = path.resolve()  # a link stays a link
    if path.exists() and not os.access(path, os.W_OK):
        # the directory would let us
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    handle, temporary = tempfile.mkstemp(dir=path.parent,
                                         prefix='.%s.' % path.name)
    try:
        with open(handle, 'wb') as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        if path.exists():
            _dress(temporary, path)
        else:
            shutil.copymode(model, temporary)
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _dress(temporary: str, model: pathlib.Path) -> None:
    """Give a file the owner, mode and attributes of another."""
    wanted, given = model.stat(), os.stat(temporary)
    if (wanted.st_uid, wanted.st_gid) != (given.st_uid, given.st_gid):
        os.chown(temporary, wanted.st_uid, wanted.st_gid)
    shutil.copystat(model, temporary)
    os.utime(temporary)
