using System.Globalization;
using System.Security.Cryptography;

namespace Hmas.Testing;

/// <summary>Signs and packs firmware as its makers do: openssl, cpio in crc format.</summary>
public sealed class FirmwareArchive : IDisposable
{
    private readonly TempFolder _folder = new();

    public FirmwareArchive() => Run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", _folder.File("key.pem"), "-out", Certificate, "-subj",
        "/CN=firmware",
        "-addext", "extendedKeyUsage=emailProtection", "-addext", "keyUsage=digitalSignature");

    public string Certificate => _folder.File("certificate.pem");

    /// <summary>An archive that writes <paramref name="image"/> to a file of the device.</summary>
    /// <param name="padding">Random bytes it carries besides, so that a download takes a while.</param>
    public byte[] Pack(string image, string target, int padding = 0)
    {
        var work = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(work, "image.txt"), image);
        File.WriteAllBytes(Path.Combine(work, "padding.bin"), RandomNumberGenerator.GetBytes(Math.Max(1, padding)));
        File.WriteAllText(Path.Combine(work, "sw-description"), $$"""
            software =
            {
              version = "{{image.Split(':')[1]}}";
              hardware-compatibility = [ "1.0" ];
              files: (
                { filename = "padding.bin"; path = "{{target}}.padding"; sha256 = "{{Sha256(work, "padding.bin")}}"; },
                { filename = "image.txt"; path = "{{target}}"; sha256 = "{{Sha256(work, "image.txt")}}"; }
              );
            }
            """);
        Run(
            "openssl", "cms", "-sign", "-in", Path.Combine(work, "sw-description"), "-out", Path.Combine(work, "sw-description.sig"), "-signer",
            Certificate, "-inkey", _folder.File("key.pem"),
            "-outform", "DER", "-nosmimecap", "-binary");
        Run("sh", "-c",
            string.Create(
                CultureInfo.InvariantCulture,
                $"cd '{work}' && printf '%s\\n' sw-description sw-description.sig padding.bin image.txt | cpio -o -H crc --quiet > firmware.swu"));
        return File.ReadAllBytes(Path.Combine(work, "firmware.swu"));
    }

    public void Dispose() => _folder.Dispose();

    private static string Sha256(string folder, string file) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file))));

    private static void Run(string program, params string[] arguments) => Tool.RunAsync(program, arguments).GetAwaiter().GetResult();
}
