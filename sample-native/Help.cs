namespace SampleNative;

/// <summary>
/// The text of --help.
/// </summary>
internal static class Help
{
#if DEBUG
    public const string Command = "dotnet run --project sample-native --";

    private const string EmulatorOption = """

          --emulator-port N    the port of the emulator, if it is not 5410
        """;
    private const string WithoutClientId = """

        Without a client id you sign in at an emulator of Binance, in this program.
        """;
    private const string EmulatorOptionInTurkish = """

          --emulator-port N    emülatörün bağlantı noktası, 5410 değilse
        """;
    private const string WithoutClientIdInTurkish = """

        İstemci kimliği yoksa bu programdaki bir Binance emülatöründe giriş yaparsınız.
        """;
#else
    public const string Command = "sample-native";

    private const string EmulatorOption = "";
    private const string WithoutClientId = "";
    private const string EmulatorOptionInTurkish = "";
    private const string WithoutClientIdInTurkish = "";
#endif

    private const string English = $"""
        Signs you in with Binance, in your browser, and calls an API with your token.
        Started again, it is still signed in.

          {Command} [sign-out] [options]

          sign-out             revokes the token, and ends the session

          --client-id ID       the client id that Binance gave (or BINANCE_CLIENT_ID)
          --redirect-uri URI   a loopback redirect URI, as it is registered there
                               (or BINANCE_REDIRECT_URI), if it is not
                               {Arguments.DefaultRedirectUri}
          --server ADDRESS     an emulator elsewhere, in place of Binance
                               (or BINANCE_SERVER)
          --headless           prints the address to open, and opens no browser
          --session FILE       the file that keeps the session{EmulatorOption}
          --help               this text
        {WithoutClientId}
        """;

    private const string Turkish = $"""
        Tarayıcınızda Binance ile giriş yapmanızı sağlar ve belirtecinizle bir API
        çağırır. Yeniden başlatıldığında oturumunuz hâlâ açıktır.

          {Command} [sign-out] [seçenekler]

          sign-out             belirteci iptal eder ve oturumu kapatır

          --client-id ID       Binance'in verdiği istemci kimliği
                               (ya da BINANCE_CLIENT_ID)
          --redirect-uri URI   orada kayıtlı olan geri döngü (loopback) yönlendirme
                               adresi (ya da BINANCE_REDIRECT_URI), şu değilse:
                               {Arguments.DefaultRedirectUri}
          --server ADDRESS     Binance yerine başka bir yerdeki emülatör
                               (ya da BINANCE_SERVER)
          --headless           açılacak adresi yazar, tarayıcı açmaz
          --session FILE       oturumun saklandığı dosya{EmulatorOptionInTurkish}
          --help               bu metin
        {WithoutClientIdInTurkish}
        """;

    public static string Current => Text.IsTurkish ? Turkish : English;
}
