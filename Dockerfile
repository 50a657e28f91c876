# syntax=docker/dockerfile:1
FROM node:26-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:26-bookworm-slim AS service
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
RUN install -d -o node -g node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
USER node
VOLUME /data
# Node runs as the first process so that it gets SIGTERM itself.
# A young generation of 12 MB instead of 16: its garbage is most of what a large export costs in memory.
ENTRYPOINT ["node", "--max-semi-space-size=12", "src/main.ts"]
CMD ["worker"]

FROM service AS emulator
COPY emulator ./emulator
ENTRYPOINT ["node", "emulator/main.ts"]
CMD []

FROM service
