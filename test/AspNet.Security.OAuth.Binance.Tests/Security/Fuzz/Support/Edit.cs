using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// One change of a valid request or response.
/// </summary>
/// <param name="description">The change, for the message of a failure.</param>
/// <param name="apply">Makes the change, with the text.</param>
/// <param name="text">The text of the change.</param>
internal sealed class Edit<T>(string description, Action<T, string> apply, string text = "")
{
    public string Description => description;

    public static Gen<Edit<T>> Of(string description, Action<T> apply) => Gen.Constant(new Edit<T>(description, (target, _) => apply(target)));

    public static Gen<Edit<T>> Of(string description, Gen<string> texts, Action<T, string> apply) => texts.Select(text => new Edit<T>(description, apply, text));

    /// <summary>With a number from 0 to 999, for a place in something whose length is not known yet.</summary>
    public static Gen<Edit<T>> At(string description, Action<T, double> apply) => Gen.Choose(0, 999).Select(place
        => new Edit<T>(description, (target, text) => apply(target, int.TryParse(text, CultureInfo.InvariantCulture, out var at) ? at / 1000d : 0), place.ToString(CultureInfo.InvariantCulture)));

    public void ApplyTo(T target) => apply(target, text);

    public IEnumerable<Edit<T>> Smaller() => OddText.Smaller(text).Select(smaller => new Edit<T>(description, apply, smaller));

    public override string ToString() => text.Length == 0 ? description : $"{description} {OddText.Quote(text)}";
}

/// <summary>
/// A case: something valid, and what was changed about it. Without the changes it is the documented case, so that a failure, at its
/// smallest, shows the one change that matters.
/// </summary>
internal sealed record Edited<T>(string Start, IReadOnlyList<Edit<T>> Edits)
{
    public static Arbitrary<Edited<T>> Cases(Gen<string> starts, params (int Weight, Gen<Edit<T>> Edit)[] edits)
    {
        var edit = Gen.Frequency(edits);
        var counts = Gen.Frequency((2, Gen.Constant(0)), (6, Gen.Constant(1)), (3, Gen.Constant(2)), (1, Gen.Choose(3, 8)));
        var cases =
            from start in starts
            from count in counts
            from list in Gen.ArrayOf(edit, count)
            select new Edited<T>(start, list);
        return Arb.From(cases, item => item.Smaller());
    }

    public T ApplyTo(T target)
    {
        foreach (var edit in Edits)
        {
            edit.ApplyTo(target);
        }

        return target;
    }

    public override string ToString() => Edits.Count == 0 ? Start : $"{Start}, and then: {string.Join("; ", Edits)}";

    private IEnumerable<Edited<T>> Smaller()
    {
        for (var i = 0; i < Edits.Count; i++)
        {
            yield return this with { Edits = [.. Edits.Take(i), .. Edits.Skip(i + 1)] };
        }

        for (var i = 0; i < Edits.Count; i++)
        {
            foreach (var smaller in Edits[i].Smaller())
            {
                yield return this with { Edits = [.. Edits.Take(i), smaller, .. Edits.Skip(i + 1)] };
            }
        }
    }
}
