namespace Cloud.Hub.Tests.Learning.Judges;

/// <summary>A fact that asks an outside program; skipped, saying which package is missing, where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithToolAttribute : FactAttribute
{
    public FactWithToolAttribute(string package, string module)
    {
        if (Python.Run($"import {module}").Code != 0) Skip = $"{package} is not installed: apt-get install {package}";
    }
}
