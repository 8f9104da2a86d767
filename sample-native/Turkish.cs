namespace SampleNative;

/// <summary>
/// The Turkish texts, by their English wording.
/// </summary>
internal static class Turkish
{
    public static Dictionary<string, string> Texts { get; } = new()
    {
        ["Still signed in."] = "Oturumunuz hâlâ açık.",
        ["\nSigned in."] = "\nGiriş yaptınız.",
        ["User"] = "Kullanıcı",
        ["E-mail"] = "E-posta",
        ["none"] = "yok",
        ["Access token"] = "Belirteç",
        ["good for {0}, then refreshed"] = "{0} daha geçerli, sonra yenilenir",
        ["refreshed when it expires"] = "süresi dolunca yenilenir",
        ["API call"] = "API çağrısı",
        ["Binance's user-info returned {0}"] = "Binance'in user-info yanıtı: {0}",
        ["less than a minute"] = "bir dakikadan az",
        ["{0} min"] = "{0} dk",
        ["{0} h {1} min"] = "{0} sa {1} dk",
        ["Next, start it again: you are still signed in. To sign out:\n\n  {0} sign-out"] = "Yeniden başlatın: oturumunuz açık kalır. Çıkış yapmak için:\n\n  {0} sign-out",
        ["Next, start it again in the same way: you are still signed in. Add sign-out to sign out."]
            = "Aynı şekilde yeniden başlatın: oturumunuz açık kalır. Çıkış yapmak için sign-out ekleyin.",
        ["You are not signed in."] = "Giriş yapmış değilsiniz.",
        ["Signed out. Binance confirmed that the token is revoked."] = "Çıkış yaptınız. Binance belirtecin iptal edildiğini doğruladı.",
        ["Signed out here, but Binance did not confirm that the token is revoked. It is good until it expires."]
            = "Buradan çıkış yaptınız, ancak Binance belirtecin iptal edildiğini doğrulamadı. Belirteç, süresi dolana kadar geçerlidir.",
        ["Cancelled."] = "İptal edildi.",

        ["You sign in at {0}"] = "Giriş adresi: {0}",
        ["You sign in at Binance."] = "Binance'te giriş yapıyorsunuz.",
        ["No client id is set, so you sign in at an emulator of Binance in this program, {0}. Its page in the browser lets you choose an account."]
            = "İstemci kimliği verilmediği için bu programdaki bir Binance emülatöründe giriş yaparsınız: {0}. Tarayıcıda açılan sayfasında bir hesap seçebilirsiniz.",
        ["Opening your browser... Ctrl+C cancels.\nIf none opens, press Enter to see the address."]
            = "Tarayıcınız açılıyor... İptal etmek için Ctrl+C'ye basın.\nTarayıcı açılmazsa adresi görmek için Enter'a basın.",
        ["No browser can be opened from here.\n"] = "Buradan tarayıcı açılamıyor.\n",
        ["Open this address in a browser:\n"] = "Bu adresi bir tarayıcıda açın:\n",
        ["\nWaiting for it to return to {0}\nCtrl+C cancels."] = "\nTarayıcının döneceği adres: {0}\nİptal etmek için Ctrl+C'ye basın.",
        ["\nA browser on another machine ends there with an error. Then copy the address from its address bar, paste it here, and press Enter."]
            = "\nBaşka bir bilgisayardaki tarayıcı orada bir hata gösterir. O zaman adres çubuğundaki adresi kopyalayıp buraya yapıştırın ve Enter'a basın.",
        ["This is not the address at which the browser ends. That one begins with\n{0}?"] = "Bu, tarayıcının vardığı adres değil. O adres şöyle başlar:\n{0}?",

        ["Start again to sign in."] = "Giriş yapmak için yeniden başlatın.",
        ["You cancelled the sign-in. {0}"] = "Girişi iptal ettiniz. {0}",
        ["The sign-in was not finished in time. {0}"] = "Giriş zamanında tamamlanmadı. {0}",
        ["The browser cannot return: another program uses the port of the redirect URI. End that, or choose another with --redirect-uri."]
            = "Tarayıcı geri dönemez: yönlendirme adresinin bağlantı noktasını başka bir program kullanıyor. O programı kapatın ya da --redirect-uri ile başka bir adres seçin.",
        ["No browser can be opened. Start again with --headless to see the address."] = "Tarayıcı açılamıyor. Adresi görmek için --headless ile yeniden başlatın.",
        ["Another sign-in is under way. Finish it first."] = "Başka bir giriş sürüyor. Önce onu tamamlayın.",
        ["You are not signed in any more. {0}"] = "Oturumunuz artık açık değil. {0}",
        ["The session cannot be kept. {0}"] = "Oturum saklanamıyor. {0}",
        ["Binance cannot be reached at the moment. Start again later."] = "Binance'e şu anda ulaşılamıyor. Daha sonra yeniden başlatın.",
        ["Binance does not know this client id as one of a native application. Compare --client-id with what Binance gave you."]
            = "Binance bu istemci kimliğini yerel bir uygulamanınki olarak tanımıyor. --client-id değerini Binance'in verdiğiyle karşılaştırın.",
        ["Binance refused ({0}). Compare the client id, the redirect URI and the scopes with what Binance gave you."]
            = "Binance reddetti ({0}). İstemci kimliğini, yönlendirme adresini ve kapsamları Binance'in verdikleriyle karşılaştırın.",
        ["without a reason"] = "neden bildirmeden",
        ["The response was not one of Binance. If a --server is given, is it an emulator?"] = "Yanıt Binance'in yanıtlarına benzemiyor. --server verildiyse o adreste bir emülatör mü var?",
        ["The sign-in was stopped, because its address was opened twice. If that was not you, it was another user of this machine. {0}"]
            = "Adresi iki kez açıldığı için giriş durduruldu. Açan siz değilseniz bu bilgisayarın başka bir kullanıcısıdır. {0}",
        ["Something failed: {0}"] = "Bir hata oluştu: {0}",
        ["Binance cannot be reached at the moment. You are signed in all the same: start again later."]
            = "Binance'e şu anda ulaşılamıyor. Yine de oturumunuz açık: daha sonra yeniden başlatın.",
        ["Binance does not accept the access token any more. Perhaps it was revoked: sign out, and start again."]
            = "Binance erişim belirtecini artık kabul etmiyor. İptal edilmiş olabilir: çıkış yapın ve yeniden başlatın.",
        ["Binance did not return the user."] = "Binance kullanıcıyı bildirmedi.",

        ["The file of the emulator's tokens is broken. Delete it: {0}"] = "Emülatörün belirteçlerinin dosyası bozuk. Dosyayı silin: {0}",
        ["The emulator cannot use its port {0}, or its file {1}, perhaps because this program runs in another window. End that, or choose another port: --emulator-port {2}"]
            = "Emülatör {0} numaralı bağlantı noktasını ya da {1} dosyasını kullanamıyor; bu program başka bir pencerede çalışıyor olabilir. Onu kapatın ya da başka bir bağlantı noktası seçin: --emulator-port {2}",
        ["The emulator does not start, because the environment says that this is Production. Unset DOTNET_ENVIRONMENT and ASPNETCORE_ENVIRONMENT."]
            = "Ortam Production olarak ayarlandığı için emülatör başlamıyor. DOTNET_ENVIRONMENT ve ASPNETCORE_ENVIRONMENT değişkenlerini kaldırın.",

        ["The client id is missing: --client-id ID, or the environment variable BINANCE_CLIENT_ID. Binance gives one to its partners."]
            = "İstemci kimliği eksik: --client-id ID ya da BINANCE_CLIENT_ID ortam değişkeni. Binance onu iş ortaklarına verir.",
        ["The server needs a client id that is registered there: --client-id ID."] = "Sunucu, orada kayıtlı bir istemci kimliği ister: --client-id ID.",
        ["{0} needs a value."] = "{0} bir değer ister.",
        ["There is no argument {0}."] = "{0} diye bir argüman yok.",
        ["{0} is not a loopback redirect URI, such as {1}."] = "{0} geri döngü (loopback) yönlendirme adresi değil; örnek: {1}.",
        ["{0} is not an https address or one of this machine, such as http://localhost:5410."] = "{0} bir https adresi ya da bu bilgisayarın bir adresi (örnek: http://localhost:5410) değil.",
        ["{0} is not a port."] = "{0} bir bağlantı noktası değil.",
    };
}
