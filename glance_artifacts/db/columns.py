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

"""Column types that behave alike on SQLite, MariaDB, MySQL and PostgreSQL."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql

_MYSQL = ('mysql', 'mariadb')


class Id(sa.types.TypeDecorator):
    """A UUID: 16 bytes that sort by memcmp; text only at the edge.

    MariaDB's own UUID type is not used: some releases reorder the bytes.
    """

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == 'postgresql':
            return dialect.type_descriptor(postgresql.UUID(as_uuid=False))
        if dialect.name in _MYSQL:
            return dialect.type_descriptor(mysql.BINARY(16))
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value, dialect):
        if value is None or dialect.name == 'postgresql':
            return value
        # in the one form that ids have: uuid.UUID takes several, and long
        return bytes.fromhex(value.replace('-', ''))

    def process_result_value(self, value, dialect):
        if value is None or dialect.name == 'postgresql':
            return value
        text = value.hex()
        return '-'.join((text[:8], text[8:12], text[12:16], text[16:20],
                         text[20:]))


class Bytes(sa.types.TypeDecorator):
    """Bytes of bounded length, compared by memcmp."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(length)

    def load_dialect_impl(self, dialect):
        if dialect.name in _MYSQL:
            return dialect.type_descriptor(mysql.VARBINARY(self.length))
        return dialect.type_descriptor(sa.LargeBinary(self.length))

    def process_result_value(self, value, dialect):
        # psycopg2 answers with a memoryview
        return None if value is None else bytes(value)


class CodePoints(sa.types.TypeDecorator):
    """Unicode text that is compared by code point, blanks included."""

    impl = sa.String
    cache_ok = True

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(length)

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(self._for(dialect))

    def _for(self, dialect) -> sa.types.TypeEngine:
        if dialect.name in _MYSQL:
            mariadb = getattr(dialect, 'is_mariadb', False)
            return mysql.VARCHAR(
                self.length, charset='utf8mb4',
                collation='utf8mb4_nopad_bin' if mariadb
                else 'utf8mb4_0900_bin')
        if dialect.name == 'postgresql':
            return sa.String(self.length, collation='C')
        return sa.String(self.length)


class Ascii(CodePoints):
    """Text of our own making (names of types, versions, words of status)."""

    cache_ok = True

    def _for(self, dialect) -> sa.types.TypeEngine:
        if dialect.name in _MYSQL:
            return mysql.VARCHAR(self.length, charset='ascii',
                                 collation='ascii_bin')
        return super()._for(dialect)


class Document(sa.types.TypeDecorator):
    """JSON text that no database looks into."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name in _MYSQL:
            return dialect.type_descriptor(
                mysql.LONGTEXT(charset='utf8mb4', collation='utf8mb4_bin'))
        return super().load_dialect_impl(dialect)


class UTCDateTime(sa.types.TypeDecorator):
    """A moment in UTC to the microsecond; aware in Python."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name in _MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(sa.DateTime())

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=datetime.timezone.utc)
