using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// What a work has to reach, and what it did.
/// </summary>
/// <param name="Work">The work.</param>
/// <param name="Measure">What is compared, for a person to read.</param>
/// <param name="Limit">Where the goal is.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Measured">What was measured, or not a number if this run did not measure it.</param>
/// <param name="Decimals">How the figures are written, and compared: a digit that nobody sees decides nothing.</param>
internal sealed record Goal(string Work, string Measure, double Limit, bool AtLeast, double Measured, int Decimals = 2)
{
    public bool WasMeasured => !double.IsNaN(Measured);

    public bool IsMet => AtLeast ? Rounded >= Limit : Rounded <= Limit;

    public string LimitText => (AtLeast ? "≥ " : Limit is 0 ? "" : "≤ ") + Text(Limit);

    public string MeasuredText => Text(Rounded);

    // Plus nothing, because that makes a plain zero of a negative one.
    private double Rounded => Math.Round(Measured, Decimals) + 0.0;

    public override string ToString() => $"{(IsMet ? "met   " : "MISSED")} {Work}, {Measure}: goal {LimitText}, measured {MeasuredText}";

    private string Text(double value) => value.ToString($"N{Decimals}", CultureInfo.InvariantCulture);
}
