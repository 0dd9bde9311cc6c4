// Attachments: an add-on of one app made available to another, with its config vars kept current by Heroku.
import type * as Schema from "@heroku-cli/schema";
import { type HerokuApi, isHeroku } from "./api.js";

export interface Attachment {
  readonly name: string;
  readonly addOnName: string;
  /** the app that owns the add-on */
  readonly ownerApp: string;
  /** the app that it is attached to */
  readonly app: string;
}

function view(attachment: Schema.AddOnAttachment): Attachment {
  return {
    name: attachment.name ?? "",
    addOnName: attachment.addon?.name ?? "",
    ownerApp: attachment.addon?.app.name ?? "",
    app: attachment.app?.name ?? "",
  };
}

/** What is attached to an app (Heroku Platform API, Add-on Attachment > List by App). */
export async function listAttachments(api: HerokuApi, app: string): Promise<Attachment[]> {
  const all = await api.list<Schema.AddOnAttachment>(`/apps/${app}/addon-attachments`, {
    doing: `list the attachments of ${app}`,
  });
  return all.map(view);
}

/** Every attachment that the account can see (Heroku Platform API, Add-on Attachment > List). */
export async function listAllAttachments(api: HerokuApi): Promise<Attachment[]> {
  const all = await api.list<Schema.AddOnAttachment>("/addon-attachments", {
    doing: "list your account's attachments",
  });
  return all.map(view);
}

/**
 * Attaches an add-on under a name, or returns the attachment that is already there. Heroku may want the app's name as a
 * confirmation (400 confirmation_required): the plan that the person agreed to is that confirmation.
 */
export async function attach(api: HerokuApi, wish: { addOn: string; app: string; name: string }): Promise<Attachment> {
  const { addOn, app, name } = wish;
  const doing = `attach ${addOn} to ${app} as ${name}`;
  const readBack = async () =>
    (await listAttachments(api, app)).find((found) => found.name === name && found.addOnName === addOn);
  const body = { addon: addOn, app, name };
  const send = async (confirmed: boolean) => {
    const made = await api.post<Schema.AddOnAttachment | Attachment>(
      "/addon-attachments",
      confirmed ? { ...body, confirm: app } : body,
      { doing, readBack },
    );
    return "addOnName" in made ? (made as Attachment) : view(made as Schema.AddOnAttachment);
  };
  try {
    return await send(false).catch((error) => {
      if (isHeroku(error, "confirmation_required")) return send(true);
      throw error;
    });
  } catch (error) {
    const mine = isHeroku(error, 422) ? await readBack() : undefined;
    if (mine) return mine;
    throw error;
  }
}
