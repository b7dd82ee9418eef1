# One image for the five services and for the steps before them; compose says which of them a container is.
# The steps are those of `npm start`: install by the lockfile, transpile.

FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /parley
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /parley
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error
COPY .swcrc tsconfig.base.json ./
COPY tools ./tools
COPY libs ./libs
COPY apps ./apps
RUN node tools/build.mjs

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /parley
# A new volume takes over the owner of the folder that it is first mounted on: so an unprivileged `init` can write to all of them.
RUN mkdir -p /secrets/postgres /secrets/nats /secrets/deploy /secrets/api-gateway /secrets/auth-service \
      /secrets/subscription-service /secrets/session-service /secrets/call-service /secrets/stream-maker /secrets/listeners /data/nats \
    && chmod -R 0700 /secrets /data && chmod 0755 /secrets /data && chown -R node:node /secrets /data
COPY --from=packages /parley/node_modules ./node_modules
COPY package.json ./
COPY --from=build /parley/dist ./dist
COPY tools/cli ./tools/cli
COPY tools/events ./tools/events
USER node
CMD ["node", "--enable-source-maps", "dist/apps/api-gateway/src/main.js"]
