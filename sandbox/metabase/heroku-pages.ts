// What Heroku's router answers in an app's place.

const framed = (title: string, page: string) => `<!DOCTYPE html>
<html>
  <head><meta charset="utf-8"><title>${title}</title></head>
  <body><iframe src="//www.herokucdn.com/error-pages/${page}.html"></iframe></body>
</html>
`;

/** For a host name that belongs to no app; goes with 404. */
export const NO_SUCH_APP = framed("No such app", "no-such-app");

/** For an app whose web dyno is missing, crashed or too slow; goes with 503 (Heroku Dev Center, "Heroku Error Codes": H10, H12, H14). */
export const APPLICATION_ERROR = framed("Application Error", "application-error");
