namespace SampleWeb.Localization;

/// <summary>
/// Names the resources of the pages' texts. The key of a text is its English wording; <c>Texts.tr.resx</c> has the Turkish one.
/// </summary>
public sealed class Texts;
