import type { FieldKind } from "./field-kind.ts";
import { boolean } from "./fields/boolean.ts";
import { choice } from "./fields/choice.ts";
import { choices } from "./fields/choices.ts";
import { code } from "./fields/code.ts";
import { date } from "./fields/date.ts";
import { datetime } from "./fields/datetime.ts";
import { decimal } from "./fields/decimal.ts";
import { dictionary } from "./fields/dictionary.ts";
import { duration } from "./fields/duration.ts";
import { email } from "./fields/email.ts";
import { file } from "./fields/file.ts";
import { group } from "./fields/group.ts";
import { integer } from "./fields/integer.ts";
import { ipAddress } from "./fields/ip-address.ts";
import { json } from "./fields/json.ts";
import { list } from "./fields/list.ts";
import { mac } from "./fields/mac.ts";
import { network } from "./fields/network.ts";
import { object } from "./fields/object.ts";
import { objects } from "./fields/objects.ts";
import { password } from "./fields/password.ts";
import { string } from "./fields/string.ts";
import { text } from "./fields/text.ts";
import { url } from "./fields/url.ts";
import { user } from "./fields/user.ts";

/** All kinds that a field may have. `fields`, the kind of a type's own list, is not for others (see `object-type.ts`). */
export const fieldKinds: ReadonlyMap<string, FieldKind> = new Map(
  [
    string,
    text,
    integer,
    decimal,
    boolean,
    date,
    datetime,
    duration,
    choice,
    choices,
    object,
    objects,
    user,
    group,
    list,
    dictionary,
    password,
    url,
    email,
    file,
    ipAddress,
    network,
    mac,
    json,
    code,
  ].map((kind) => [kind.name, kind]),
);
