using System.ComponentModel.DataAnnotations;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Section <c>Redistribution:Bucket</c>: an S3 bucket that holds every artefact, and its chunks for whoever may read them there. Off
/// unless an endpoint is given.</summary>
internal sealed class BucketOptions : IValidatableObject
{
    private const string Section = "Redistribution:Bucket";

    /// <summary>Of the service, <c>https://s3.example</c>; http on loopback. Empty: artefacts are in the data folder alone.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The bucket; it must be there.</summary>
    public string Name { get; set; } = "";

    /// <summary>What requests are signed for. Default us-east-1, which services of one's own take.</summary>
    public string Region { get; set; } = "us-east-1";

    public string AccessKey { get; set; } = "";

    /// <summary>File with the secret key, mode 0600.</summary>
    public string SecretKeyFile { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint.Length == 0) yield break;
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) || !(uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback)))
            yield return new ValidationResult($"{Section}:Endpoint '{Endpoint}' must be https://, or http:// on loopback", [nameof(Endpoint)]);
        if (Name.Length == 0 || AccessKey.Length == 0)
            yield return new ValidationResult($"{Section}:Endpoint needs Name and AccessKey too", [nameof(Name)]);
        if (!File.Exists(SecretKeyFile))
            yield return new ValidationResult($"{Section}:SecretKeyFile: there is no file '{SecretKeyFile}'", [nameof(SecretKeyFile)]);
        else if ((File.GetUnixFileMode(SecretKeyFile) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            yield return new ValidationResult($"{Section}:SecretKeyFile: others may read {SecretKeyFile}; run chmod 600 on it", [nameof(SecretKeyFile)]);
    }
}
