package cairn.engine.image;

import cairn.oci.ImageId;
import java.util.List;

/** Tells which containers were made from an image. */
@FunctionalInterface
public interface ImageUsers {
    List<Use> of(ImageId image);

    /** One container that uses an image. */
    record Use(String containerId, String name, boolean running) {
        public Use(String containerId, boolean running) {
            this(containerId, containerId, running);
        }
    }
}
