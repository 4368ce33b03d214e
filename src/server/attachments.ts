/** What the house says about attachments; their bytes pass it by, between the gateway and the store. */
import type { Transaction } from "#database";
import {
  assertMayUpload,
  assertRevision,
  attachmentBytesMax,
  contentOf,
  fileIn,
  fileLimit,
  registerUpload,
  tooLarge,
  type Actor,
  type AttachmentStore,
} from "#objects";
import type { Domains } from "./house.ts";
import type { ArgumentOf, ResultOf } from "./operations.ts";

/** Says what would be wrong with an upload, before it begins. */
export async function checkUpload(
  { objects, clock }: Domains,
  tx: Transaction,
  actor: Actor,
  { target, type, size }: ArgumentOf<"attachments.check">,
): Promise<ResultOf<"attachments.check">> {
  let sizeMax = attachmentBytesMax;
  if (target !== undefined) {
    const { path, field, revision } = target;
    const object = await objects.get(tx, actor, path, "write");
    assertRevision(object, revision);
    const limit = fileLimit(object, field, { type, size });
    if (limit.needsManage) await objects.assertRight(tx, actor, object, "manage");
    sizeMax = limit.sizeMax;
  }
  if (size !== undefined && size > sizeMax) throw tooLarge(sizeMax, size);
  await assertMayUpload(tx, actor.principal, { size: size ?? 0, now: clock.now() });
  return { sizeMax };
}

/** The file in a field, now or as of a moment, for whom may see the field. */
export async function findFile(
  { objects }: Domains,
  tx: Transaction,
  actor: Actor,
  { path, field, asOf }: ArgumentOf<"attachments.find">,
): Promise<ResultOf<"attachments.find">> {
  const object =
    asOf === undefined
      ? await objects.get(tx, actor, path)
      : await (await objects.past.at(tx, actor, asOf)).get(path);
  const file = fileIn(object, field);
  return { file, content: await contentOf(tx, file.hash) };
}

/** Makes what the gateway took in the upload of who sent it. */
export async function register(
  { domains, attachments }: { domains: Domains; attachments: AttachmentStore },
  tx: Transaction,
  { principal }: Actor,
  { received }: ArgumentOf<"attachments.register">,
): Promise<null> {
  const upload = { userId: principal.userId, received, now: domains.clock.now() };
  await registerUpload(tx, attachments, upload);
  return null;
}
