# Pyrolens alone, for docker-compose.yml: the server, its page, and the embedded store under /data.
FROM node:24-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# What was built must stay younger than what npm touches, or the first start would build again, without the tools.
RUN node scripts/build.mjs \
 && npm prune --omit=dev --no-save \
 && touch build/backend/main.mjs build/page/page.js \
 && mkdir /data && chown node:node /data
USER node
ENV PYROLENS_DATA=/data PYROLENS_LISTEN=0.0.0.0:4040
VOLUME /data
EXPOSE 4040
CMD ["node", "scripts/start.mjs"]
