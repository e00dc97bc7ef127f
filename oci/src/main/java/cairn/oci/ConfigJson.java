package cairn.oci;

import cairn.oci.ImageConfig.Content;
import cairn.oci.ImageConfig.History;
import cairn.oci.json.GoJson;
import cairn.oci.json.JsonObject;
import cairn.oci.json.JsonText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Image configs from and to JSON (OCI image spec, "OCI Image Configuration"; Docker image spec v1.2). */
final class ConfigJson {
    private static final int MAX_LAYERS = Manifest.MAX_LAYERS;
    private static final String ZERO_TIME = "0001-01-01T00:00:00Z";
    private static final Set<String> MEMBERS = Set.of(
            "created",
            "author",
            "architecture",
            "variant",
            "os",
            "os.version",
            "config",
            "container_config",
            "rootfs",
            "history",
            "comment",
            "docker_version",
            "container",
            "parent");
    private static final Set<String> RUN_MEMBERS = Set.of(
            "User",
            "ExposedPorts",
            "Env",
            "Entrypoint",
            "Cmd",
            "Volumes",
            "WorkingDir",
            "Labels",
            "StopSignal",
            "Shell",
            "Healthcheck",
            "ArgsEscaped",
            "OnBuild");

    private ConfigJson() {}

    static Content read(byte[] json) throws InvalidDocumentException {
        JsonObject document =
                JsonText.object("image config", json, ImageConfig.MAX_BYTES).knowing(MEMBERS);
        return new Content(
                time(document),
                document.string("author"),
                document.string("architecture", ""),
                document.string("variant"),
                document.string("os", ""),
                document.string("os.version"),
                runConfig(document.object("config")),
                runConfig(document.object("container_config")),
                diffIds(document),
                history(document),
                document.string("comment"),
                document.string("docker_version"),
                document.string("container"),
                document.string("parent"));
    }

    /** Members stand in the order of their names, as in everything that dockerd writes; within them in that of Go's structs. */
    static byte[] write(Content content) {
        GoJson json = new GoJson();
        json.open('{').optional("architecture", content.architecture()).optional("author", content.author());
        json.optional("comment", content.comment());
        if (content.config() != null) {
            write(json.name("config"), content.config());
        }
        json.optional("container", content.container());
        if (content.containerConfig() != null) {
            write(json.name("container_config"), content.containerConfig());
        }
        json.member("created", time(content.created()));
        json.optional("docker_version", content.dockerVersion());
        if (!content.history().isEmpty()) {
            json.name("history").open('[');
            content.history().forEach(step -> write(json, step));
            json.close(']');
        }
        json.optional("os", content.os()).optional("os.version", content.osVersion());
        json.optional("parent", content.parent());
        json.name("rootfs").open('{').member("type", "layers");
        if (!content.diffIds().isEmpty()) {
            json.member(
                    "diff_ids", content.diffIds().stream().map(DiffId::toString).toList());
        }
        json.close('}');
        return json.optional("variant", content.variant()).close('}').bytes();
    }

    private static void write(GoJson json, RunConfig config) {
        json.open('{').member("Hostname", "").member("Domainname", "").member("User", config.user());
        json.member("AttachStdin", false).member("AttachStdout", false).member("AttachStderr", false);
        if (config.exposedPorts() != null && !config.exposedPorts().isEmpty()) {
            json.memberSet("ExposedPorts", config.exposedPorts());
        }
        json.member("Tty", false).member("OpenStdin", false).member("StdinOnce", false);
        json.member("Env", config.env()).member("Cmd", config.cmd());
        if (config.healthcheck() != null) {
            write(json.name("Healthcheck"), config.healthcheck());
        }
        if (config.argsEscaped()) {
            json.member("ArgsEscaped", true);
        }
        json.member("Image", "").memberSet("Volumes", config.volumes()).member("WorkingDir", config.workingDir());
        json.member("Entrypoint", config.entrypoint()).member("OnBuild", config.onBuild());
        json.member("Labels", config.labels()).optional("StopSignal", config.stopSignal());
        if (config.shell() != null && !config.shell().isEmpty()) {
            json.member("Shell", config.shell());
        }
        json.close('}');
    }

    private static void write(GoJson json, Healthcheck check) {
        json.open('{');
        if (check.test() != null && !check.test().isEmpty()) {
            json.member("Test", check.test());
        }
        optional(json, "Interval", check.interval().toNanos());
        optional(json, "Timeout", check.timeout().toNanos());
        optional(json, "StartPeriod", check.startPeriod().toNanos());
        optional(json, "StartInterval", check.startInterval().toNanos());
        optional(json, "Retries", check.retries());
        json.close('}');
    }

    private static void write(GoJson json, History step) {
        json.open('{').member("created", time(step.created())).optional("author", step.author());
        json.optional("created_by", step.createdBy()).optional("comment", step.comment());
        if (step.emptyLayer()) {
            json.member("empty_layer", true);
        }
        json.close('}');
    }

    private static void optional(GoJson json, String name, long number) {
        if (number != 0) {
            json.member(name, number);
        }
    }

    private static String time(@Nullable Instant time) {
        return time == null ? ZERO_TIME : GoJson.time(time);
    }

    private static @Nullable RunConfig runConfig(@Nullable JsonObject json) throws InvalidDocumentException {
        if (json == null) {
            return null;
        }
        json.knowing(RUN_MEMBERS);
        return new RunConfig(
                json.string("User", ""),
                json.names("ExposedPorts"),
                json.strings("Env"),
                json.stringOrStrings("Entrypoint"),
                json.stringOrStrings("Cmd"),
                json.names("Volumes"),
                json.string("WorkingDir", ""),
                json.stringMap("Labels"),
                json.string("StopSignal"),
                json.stringOrStrings("Shell"),
                healthcheck(json.object("Healthcheck")),
                json.bool("ArgsEscaped"),
                json.strings("OnBuild"));
    }

    private static @Nullable Healthcheck healthcheck(@Nullable JsonObject json) throws InvalidDocumentException {
        if (json == null) {
            return null;
        }
        long retries = json.integer("Retries");
        if (retries != (int) retries) {
            throw json.wrong("Retries", "a small number");
        }
        return new Healthcheck(
                json.strings("Test"),
                Duration.ofNanos(json.integer("Interval")),
                Duration.ofNanos(json.integer("Timeout")),
                Duration.ofNanos(json.integer("StartPeriod")),
                Duration.ofNanos(json.integer("StartInterval")),
                (int) retries);
    }

    private static List<DiffId> diffIds(JsonObject document) throws InvalidDocumentException {
        JsonObject rootfs = document.object("rootfs");
        if (rootfs == null) {
            throw new InvalidDocumentException("invalid image JSON, no RootFS key");
        }
        rootfs.knowing(Set.of("type", "diff_ids"));
        if (!"layers".equals(rootfs.string("type"))) {
            throw rootfs.wrong("type", "\"layers\"");
        }
        List<String> texts = rootfs.strings("diff_ids");
        if (texts == null) {
            return List.of();
        }
        if (texts.size() > MAX_LAYERS) {
            throw rootfs.wrong("diff_ids", "a list of at most " + MAX_LAYERS);
        }
        List<DiffId> ids = new ArrayList<>();
        for (String text : texts) {
            try {
                ids.add(DiffId.parse(text));
            } catch (IllegalArgumentException e) {
                throw new InvalidDocumentException("image config has a bad diff ID: " + e.getMessage(), e);
            }
        }
        return ids;
    }

    private static List<History> history(JsonObject document) throws InvalidDocumentException {
        List<JsonObject> steps = document.objects("history");
        if (steps == null) {
            return List.of();
        }
        List<History> history = new ArrayList<>();
        for (JsonObject step : steps) {
            step.knowing(Set.of("created", "created_by", "author", "comment", "empty_layer"));
            history.add(new History(
                    time(step),
                    step.string("created_by"),
                    step.string("author"),
                    step.string("comment"),
                    step.bool("empty_layer")));
        }
        return history;
    }

    private static @Nullable Instant time(JsonObject json) throws InvalidDocumentException {
        String text = json.string("created");
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidDocumentException(json.what() + ": \"created\" is no time: " + GoJson.quote(text), e);
        }
    }
}
