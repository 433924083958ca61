namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>The product as its definition reads; sums in double. The judge of the fast one.</summary>
internal static unsafe class GemmReference
{
    public static void Run(in GemmCall call)
    {
        for (var m = 0; m < call.M; m++)
        {
            for (var n = 0; n < call.N; n++)
            {
                var target = call.C + (m * call.CRow) + n;
                double sum = call.Accumulate ? *target : call.Bias == null ? 0 : call.Bias[n];
                for (var outer = 0; outer < call.KOuter; outer++)
                {
                    for (var k = 0; k < call.K; k++)
                    {
                        sum += (double)call.A[(m * call.ARow) + (outer * call.AKOuter) + (k * call.AK)]
                            * call.B[(outer * call.BKOuter) + (k * call.BK) + n];
                    }
                }

                *target = (float)sum;
            }
        }
    }
}
