namespace Hmas.Trust.UpdateFramework.Metadata;

internal static class Hex
{
    /// <summary>The bytes of a hexadecimal text of either case; none when it is not one.</summary>
    public static byte[] OrEmpty(string text)
    {
        if (text.Length % 2 != 0 || text.Any(digit => !char.IsAsciiHexDigit(digit))) return [];
        return Convert.FromHexString(text);
    }
}
