package cairn.oci.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys in files (RFC 7468, and the older forms of keys that openssl writes). */
final class Pem {
    private static final int MAX_FILE = 4 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

    /** AlgorithmIdentifier of rsaEncryption with a null parameter (RFC 8017, A.1). */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    /** The object identifier id-ecPublicKey (RFC 5480, 2.1.1). */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private Pem() {}

    static List<X509Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.type.equals("CERTIFICATE")) {
                Certificate certificate = factory.generateCertificate(new ByteArrayInputStream(block.der));
                certificates.add((X509Certificate) certificate);
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException("no certificate in " + file);
        }
        return certificates;
    }

    static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        for (Block block : blocks(file)) {
            byte[] pkcs8 = switch (block.type) {
                case "PRIVATE KEY" -> block.der;
                case "RSA PRIVATE KEY" -> wrapped(RSA, block.der);
                case "EC PRIVATE KEY" -> wrapped(element(0x30, EC, curve(block.der, file)), block.der);
                default -> new byte[0];
            };
            if (pkcs8.length > 0) {
                return key(pkcs8, file);
            }
        }
        throw new IOException("no private key that is readable without a password in " + file);
    }

    private static PrivateKey key(byte[] pkcs8, Path file) throws IOException, GeneralSecurityException {
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // another kind of key
            }
        }
        throw new IOException("unknown kind of private key in " + file);
    }

    /** PrivateKeyInfo of version 0 (RFC 5208). */
    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return element(0x30, new byte[] {0x02, 0x01, 0x00}, algorithm, element(0x04, key));
    }

    /** The curve's identifier, which an ECPrivateKey (RFC 5915) has within its element [0]. */
    private static byte[] curve(byte[] der, Path file) throws IOException {
        // SEQUENCE { INTEGER 1, OCTET STRING key, [0] { OBJECT IDENTIFIER } ... }; all of them shorter than 256 bytes
        int at = der.length > 2 && der[1] == (byte) 0x81 ? 3 : 2;
        at += 3;
        if (at + 1 < der.length && der[at] == 0x04) {
            at += 2 + der[at + 1];
            if (at + 3 < der.length && der[at] == (byte) 0xa0 && der[at + 2] == 0x06) {
                int size = der[at + 1];
                if (size > 0 && at + 2 + size <= der.length) {
                    byte[] curve = new byte[size];
                    System.arraycopy(der, at + 2, curve, 0, size);
                    return curve;
                }
            }
        }
        throw new IOException("the key in " + file + " names no curve");
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int size = content.size();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (size < 0x80) {
            out.write(size);
        } else if (size < 0x100) {
            out.write(0x81);
            out.write(size);
        } else {
            out.write(0x82);
            out.write(size >> 8);
            out.write(size);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    private record Block(String type, byte[] der) {}

    private static List<Block> blocks(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE + 1);
        }
        if (bytes.length > MAX_FILE) {
            throw new IOException(file + " is larger than " + MAX_FILE + " bytes");
        }
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException e) {
                throw new IOException("broken base64 in " + file, e);
            }
        }
        return blocks;
    }
}
