namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Height of a tile as a type, so that unused rows vanish when the kernel is compiled.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

internal static class Rows
{
    public readonly struct R1 : IRows
    {
        public static int Count => 1;
    }

    public readonly struct R2 : IRows
    {
        public static int Count => 2;
    }

    public readonly struct R3 : IRows
    {
        public static int Count => 3;
    }

    public readonly struct R4 : IRows
    {
        public static int Count => 4;
    }

    public readonly struct R5 : IRows
    {
        public static int Count => 5;
    }

    public readonly struct R6 : IRows
    {
        public static int Count => 6;
    }

    public readonly struct R8 : IRows
    {
        public static int Count => 8;
    }

    public readonly struct R12 : IRows
    {
        public static int Count => 12;
    }
}
