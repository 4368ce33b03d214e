import { checkBody, checkedDocument } from "#contract";
import { languageOf } from "./accept.ts";
import { translateTexts } from "./problem.ts";
import { route } from "./route.ts";

/** What is said about a jobflow before it is saved. */
export const checkRoutes = [
  route({
    method: "POST",
    address: "/.api/v1/check",
    summary: "Check the source of a jobflow without saving it",
    description:
      "Also against the objects that the asker may read: paths at which nothing stands, arguments that a called flow does not take, fields that a type does not have. Warnings never keep a source from being saved. Messages are in the language of `Accept-Language`.",
    body: checkBody,
    answers: {
      200: { description: "All diagnostics, in order of place", schema: checkedDocument },
    },
    handle: async (ask) => {
      const language = languageOf(ask.request.headers["accept-language"]);
      const checked = await ask.call("jobflows.check", ask.body);
      return translateTexts(checked, language);
    },
  }),
];
