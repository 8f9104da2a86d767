using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// A goal and the figure that it is compared with.
/// </summary>
/// <param name="Work">The work.</param>
/// <param name="Measure">What is compared, as the document writes it.</param>
/// <param name="Limit">The largest figure that meets the goal, or the smallest if <paramref name="AtLeast"/>.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Measured">The figure, or not a number if it was not measured: then the goal is missed.</param>
/// <param name="Decimals">The decimals that the figures are rounded to before they are written and compared.</param>
internal sealed record Goal(string Work, string Measure, double Limit, bool AtLeast, double Measured, int Decimals = 2)
{
    public bool IsMet => AtLeast ? Rounded >= Limit : Rounded <= Limit;

    public string LimitText => (AtLeast ? "≥ " : Limit is 0 ? "" : "≤ ") + Text(Limit);

    public string MeasuredText => double.IsNaN(Measured) ? "not measured" : Text(Rounded);

    // Adding zero turns a negative zero into a plain one.
    private double Rounded => Math.Round(Measured, Decimals) + 0.0;

    /// <summary>Writes each goal in a line.</summary>
    /// <returns>Whether all are met.</returns>
    public static bool Write(IEnumerable<Goal> goals, TextWriter output)
    {
        var areMet = true;
        foreach (var goal in goals)
        {
            output.WriteLine(goal);
            areMet &= goal.IsMet;
        }

        return areMet;
    }

    public override string ToString() => $"{(IsMet ? "met   " : "MISSED")} {Work}, {Measure}: goal {LimitText}, {(double.IsNaN(Measured) ? "" : "measured ")}{MeasuredText}";

    private string Text(double value) => value.ToString($"N{Decimals}", CultureInfo.InvariantCulture);
}
