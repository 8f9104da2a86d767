using AspNet.Security.OAuth.Binance.Emulator.Protocol;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages;

/// <content>The Turkish texts.</content>
internal sealed partial record PageWords
{
    public static PageWords Turkish { get; } = new("tr")
    {
        NotBinance = "Burası Binance değil.",
        NoPassword = "Geliştirme ve test için bir emülatördür. Buraya asla gerçek bir parola girmeyin; sizden hiçbir zaman parola istenmez.",
        Skip = "İçeriğe geç",
        Status = "Emülatörün durumu",
        NotAffiliated = "Açık kaynak; Binance ile bağlantılı değildir ve Binance tarafından onaylanmamıştır.",
        WantsAccess = "hesabınızı kullanmak istiyor",
        Permissions = "İstenen izinler",
        ChooseAccount = "Bir hesap seçin",
        NoEmail = "E-posta adresi yok",
        NoAccounts = "Bu emülatörde hesap yok, bu yüzden kimse izin veremez. Önce bir hesap ekleyin.",
        Authorize = "İzin ver",
        Cancel = "İptal",
        Return = "Her iki durumda da döneceğiniz adres:",
        Used = new("Bu sayfa daha önce kullanıldı", "Bir izin sayfası on dakika boyunca ve tek bir karar için geçerlidir. Giriş yapmış olabilirsiniz; kontrol etmek için uygulamaya dönün."),
        Over = new("Bu sayfa artık geçerli değil", "Sayfanın üzerinden on dakikadan fazla geçti ya da bu arada uygulama veya hesap değişti."),
        ShowAgain = "Sayfayı yeniden göster",
        Denied = new("Erişim izni verilmedi", "hesabınızı kullanamaz. Bu sayfayı kapatabilirsiniz."),
        Problems = new Dictionary<ProblemKind, PageText>
        {
            [ProblemKind.UnreadableRequest] = new("İstek okunamıyor", "Çok fazla parametre içeriyor ya da gövdesi çok uzun veya eksik."),
            [ProblemKind.AuthorizeMethod] = new("Bu sayfa GET ile açılır", "İzin sayfası GET ve HEAD kabul eder; POST yalnızca kendi formundan gelir."),
            [ProblemKind.PageMethod] = new("Bu sayfa GET ile açılır", "Yalnızca GET ve HEAD kabul eder."),
            [ProblemKind.RepeatedClientId] = new("Birden fazla client_id", "İstekte birden fazla client_id var."),
            [ProblemKind.MissingClientId] = new("Bilinmeyen uygulama", "İstekte client_id yok.", "Kayıtlı client_id değerleri"),
            [ProblemKind.UnknownClient] = new("Bilinmeyen uygulama", "İstekteki client_id bu emülatörde kayıtlı değil.", "Kayıtlı client_id değerleri"),
            [ProblemKind.RepeatedRedirectUri] = new("Birden fazla redirect_uri", "İstekte birden fazla redirect_uri var."),
            [ProblemKind.MissingRedirectUri] = new("Kayıtlı olmayan dönüş adresi", "İstekte redirect_uri yok.", "Kayıtlı dönüş adresleri"),
            [ProblemKind.UnregisteredRedirectUri] = new(
                "Kayıtlı olmayan dönüş adresi",
                "İstekteki redirect_uri bu uygulama için kayıtlı değil. Karakteri karakterine aynı olmalıdır.",
                "Kayıtlı dönüş adresleri"),
            [ProblemKind.UnregisteredLoopbackRedirectUri] = new(
                "Kayıtlı olmayan dönüş adresi",
                "İstekteki redirect_uri bu uygulama için kayıtlı değil. Bağlantı noktası dışında karakteri karakterine aynı olmalıdır.",
                "Kayıtlı dönüş adresleri, her bağlantı noktasında"),
            [ProblemKind.UnknownDecision] = new("Bilinmeyen karar", "emulator_decision ya “deny” olur ya da hiç gönderilmez. Hemen izin vermek için emulator_user gönderin."),
            [ProblemKind.UnknownAccount] = new("Bilinmeyen hesap", "Emülatör böyle bir hesap tanımıyor.", "Bilinen kullanıcı kimlikleri"),
            [ProblemKind.NoAccount] = new("Hesap yok", "Emülatörde hesap olmadığı için kimse giriş yapamaz."),
            [ProblemKind.NotFound] = new("Sayfa bulunamadı", "Emülatörde bu adreste bir sayfa yok. Adreslerde büyük-küçük harf ve sondaki eğik çizgi fark eder.", "Geçerli adresler"),
        },
        Scopes = new Dictionary<string, string>
        {
            ["user:openId"] = "Sizi kullanıcı kimliğinizle tanıma",
            ["user:email"] = "E-posta adresinizi görme",
            ["user:name"] = "Adınızı görme",
            ["user:address"] = "Posta adresinizi görme",
            ["user:mobile"] = "Telefon numaranızı görme",
            ["user:kyc"] = "Kimlik doğrulama (KYC) durumunuzu görme",
            ["user:status"] = "Hesap durumunuzu görme",
            ["user:pay"] = "Binance Pay ile ödeme yapma",
            ["asset:balance"] = "Bakiyelerinizi görme",
            ["asset:ocbs"] = "Sizin adınıza alım satım yapma",
            ["account:status"] = "Hesabınızın durumunu görme",
            ["create:apikey"] = "Sizin için API anahtarı oluşturma",
            ["create:apikey:margin"] = "Sizin için marjin işlemlerinde kullanılacak API anahtarı oluşturma",
            ["create:apikey:options"] = "Sizin için opsiyon işlemlerinde kullanılacak API anahtarı oluşturma",
        },
    };
}
