namespace Cloud.Hub.Learning.Export;

/// <summary>Whitening by Cholesky factors.</summary>
internal static class Cholesky
{
    /// <summary>L⁻¹ of S = L Lᵀ, by forward substitution: |L⁻¹ x|² = xᵀ S⁻¹ x.</summary>
    /// <param name="covariance">S, (C, C), symmetric and positive definite.</param>
    public static double[] InverseOfLower(double[] covariance)
    {
        var channels = (int)Math.Sqrt(covariance.Length);
        var (lower, inverse) = (new double[covariance.Length], new double[covariance.Length]);
        for (var c = 0; c < channels; c++)
        {
            for (var d = 0; d <= c; d++)
            {
                var rest = covariance[(c * channels) + d];
                for (var k = 0; k < d; k++) rest -= lower[(c * channels) + k] * lower[(d * channels) + k];
                lower[(c * channels) + d] = c == d ? Math.Sqrt(rest) : rest / lower[(d * channels) + d];
            }

            for (var d = 0; d <= c; d++)
            {
                var sum = c == d ? 1.0 : 0.0;
                for (var k = d; k < c; k++) sum -= lower[(c * channels) + k] * inverse[(k * channels) + d];
                inverse[(c * channels) + d] = sum / lower[(c * channels) + c];
            }
        }

        return inverse;
    }
}
