// The Turkish texts, by their English wording.
export const turkish = {
  // Every page
  "Sample single-page app": "Örnek tek sayfalı uygulama",
  "{0}Sample single-page app": "{0}Örnek tek sayfalı uygulama",
  "Skip to content": "İçeriğe geç",
  "Main": "Ana menü",
  "Start": "Ana sayfa",
  "Account": "Hesap",
  "Emulator": "Emülatör",
  "Emulator in use.": "Emülatör kullanılıyor.",
  "{0} No credentials are set, so you sign in at an emulator of Binance on this machine. {1}":
    "{0} Kimlik bilgisi yok; bu bilgisayardaki bir Binance emülatöründe giriş yaparsınız. {1}",
  "Open the emulator": "Emülatörü aç",
  "Connection": "Bağlantı",
  "Try now": "Şimdi dene",
  "One moment, please…": "Bir dakika lütfen…",
  "The single-page sample of AspNet.Security.OAuth.Binance, an open-source project. Not affiliated with Binance. Another page shows {0}, which is not the recommendation.":
    "Açık kaynaklı AspNet.Security.OAuth.Binance projesinin tek sayfalı örneği. Binance ile bağlantılı değildir. Önerilmeyen {0} ayrı bir sayfada gösterilir.",
  "The single-page sample of AspNet.Security.OAuth.Binance, an open-source project. Not affiliated with Binance.":
    "Açık kaynaklı AspNet.Security.OAuth.Binance projesinin tek sayfalı örneği. Binance ile bağlantılı değildir.",
  "the flow without a server": "sunucusuz akış",
  "Login with Binance": "Binance ile giriş yap",
  "Sign out": "Çıkış yap",
  "Try again": "Yeniden dene",
  "Back to the start page": "Ana sayfaya dön",

  // Signed out
  "Sign in with your Binance account": "Binance hesabınızla giriş yapın",
  "This single page shows what “Login with Binance” is like in a browser-based application whose server keeps the tokens.":
    "Bu tek sayfa, belirteçleri sunucusunda saklayan tarayıcı tabanlı bir uygulamada “Binance ile giriş”in nasıl çalıştığını gösterir.",
  "What happens then": "Sonra ne olur?",
  "You leave this page": "Bu sayfadan ayrılırsınız",
  "Signing in is a visit to Binance’s own page. A script cannot do it, and never sees your password.":
    "Giriş, Binance’in kendi sayfasında yapılır. Bir betik bunu yapamaz ve parolanızı hiçbir zaman görmez.",
  "You decide": "Kararı siz verirsiniz",
  "The page names the application and the permissions that it requests: your user id and your e-mail address. You agree, or you cancel.":
    "Onay sayfası uygulamanın adını ve istediği izinleri gösterir: kullanıcı kimliğiniz ve e-posta adresiniz. İzin verir ya da iptal edersiniz.",
  "You come back to where you were": "Bulunduğunuz yere geri dönersiniz",
  "The server of this page gets the tokens and keeps them. The browser gets a cookie that no script can read.":
    "Bu sayfanın sunucusu belirteçleri alır ve saklar. Tarayıcı, hiçbir betiğin okuyamadığı bir çerez alır.",
  "Sign in to see your account": "Hesabınızı görmek için giriş yapın",
  "This part of the page is for users who are signed in. Once you are, you come back to it.":
    "Sayfanın bu bölümü giriş yapmış kullanıcılar içindir. Giriş yaptığınızda buraya dönersiniz.",

  // Signed in
  "Welcome": "Hoş geldiniz",
  "Welcome, you are signed in": "Hoş geldiniz, giriş yaptınız",
  "Binance knows you as {0}.": "Binance sizi {0} olarak tanıyor.",
  "Binance gave no e-mail address, only your user id: {0}.": "Binance e-posta adresi vermedi, yalnızca kullanıcı kimliğinizi verdi: {0}.",
  "Your account": "Hesabınız",
  "Look around": "Etrafa göz atın",
  "What a script sees": "Bir betik ne görür?",
  "{0} returns who is signed in, and until when. Without a session it returns 401.":
    "{0} kimin, ne zamana kadar giriş yapmış olduğunu döndürür. Oturum yoksa 401 döndürür.",
  "What stays hidden": "Ne gizli kalır?",
  "The tokens are on the server. The cookie holds no more than the key of your session, and no script can read it.":
    "Belirteçler sunucudadır. Çerezde yalnızca oturumunuzun anahtarı bulunur ve hiçbir betik onu okuyamaz.",
  "What two tabs do": "İki sekme ne yapar?",
  "Open this page in another one and sign out there: this one follows at once.":
    "Bu sayfayı başka bir sekmede açıp orada çıkış yapın: bu sekmede de hemen çıkış yapılır.",
  "User id": "Kullanıcı kimliği",
  "E-mail": "E-posta",
  "Binance gave no e-mail address.": "Binance e-posta adresi vermedi.",
  "Requested permissions": "İstenen izinler",
  "to recognise you by your user id": "sizi kullanıcı kimliğinizle tanımak için",
  "to read your e-mail address": "e-posta adresinizi okumak için",
  "Session": "Oturum",
  "Until {0}. Using the site extends it.": "{0} tarihine kadar. Siteyi kullandıkça uzar.",
  "Until you sign out": "Çıkış yapana kadar",
  "What Binance returns at this moment": "Binance’in şu anda döndürdüğü",
  "Call Binance again": "Binance’i yeniden çağır",
  "The server of this page calls Binance with your access token. The token stays on the server.":
    "Bu sayfanın sunucusu Binance’i erişim belirtecinizle çağırır. Belirteç sunucuda kalır.",
  "The server is calling Binance…": "Sunucu Binance’i çağırıyor…",
  "You are {0}{1}.": "Kimliğiniz: {0}{1}.",
  ", {0}": ", {0}",
  "Received at {0}.": "Alındığı saat: {0}.",
  "Not known at the moment.": "Şu anda bilinmiyor.",
  "There is no connection to this site. The call is repeated as soon as there is one.":
    "Bu siteyle bağlantı yok. Bağlantı kurulur kurulmaz çağrı yinelenir.",
  "Binance cannot be reached.": "Binance’e ulaşılamıyor.",
  "It does not respond at the moment, or is overloaded. You are still signed in here: please try again in a few minutes.":
    "Şu anda yanıt vermiyor veya aşırı yüklü. Burada hâlâ giriş yapmış durumdasınız; lütfen birkaç dakika sonra yeniden deneyin.",
  "Binance did not say who you are.": "Binance kim olduğunuzu bildirmedi.",
  "It may not accept this session any more. Please try again, and if that does not help, sign out and in.":
    "Bu oturumu artık kabul etmiyor olabilir. Lütfen yeniden deneyin; işe yaramazsa çıkış yapıp yeniden giriş yapın.",

  // Other states
  "Your session is over": "Oturumunuz sona erdi",
  "It was ended in another place, or had not been used for too long. Sign in again, and you are back on this page.":
    "Başka bir yerde kapatıldı veya uzun süre kullanılmadı. Yeniden giriş yaparsanız bu sayfaya dönersiniz.",
  "Sign in again": "Yeniden giriş yap",
  "One moment, please": "Bir dakika lütfen",
  "There is no such page": "Böyle bir sayfa yok",
  "The address may be mistyped, or the page was removed.": "Adres yanlış yazılmış veya sayfa kaldırılmış olabilir.",
  "You are signed out.": "Çıkış yaptınız.",
  "You are signed in.": "Giriş yaptınız.",
  "Your session is over.": "Oturumunuz sona erdi.",
  "The connection is back.": "Bağlantı yeniden kuruldu.",
  "You are offline.": "Çevrimdışısınız.",
  "What you see is what was last known. It is looked up again as soon as you are back.":
    "Gördükleriniz son bilinenlerdir. Bağlantınız gelir gelmez yeniden sorulur.",
  "This site does not respond.": "Bu site yanıt vermiyor.",
  "What you see is what was last known. It is looked up again every few seconds.": "Gördükleriniz son bilinenlerdir. Birkaç saniyede bir yeniden sorulur.",
  "This site cannot look up your session at the moment.": "Bu site şu anda oturumunuzu okuyamıyor.",
  "You are not signed out. It is looked up again every few seconds.": "Oturumunuz kapatılmadı. Birkaç saniyede bir yeniden sorulur.",
  "You may still be signed in.": "Hâlâ giriş yapmış olabilirsiniz.",
  "The sign-out got no response from this site. Please press “Sign out” again.": "Site çıkış isteğine yanıt vermedi. Lütfen “Çıkış yap” düğmesine yeniden basın.",
  "You are still signed in.": "Hâlâ giriş yapmış durumdasınız.",
  "The sign-out had no effect. Please press “Sign out” again.": "Çıkış isteği sonuç vermedi. Lütfen “Çıkış yap” düğmesine yeniden basın.",
  "You are offline": "Çevrimdışısınız",
  "The page is shown as soon as you are back.": "Bağlantınız gelir gelmez sayfa gösterilir.",
  "This site does not respond": "Bu site yanıt vermiyor",
  "The page is shown as soon as it does. It is tried every few seconds.": "Site yanıt verir vermez sayfa gösterilir. Birkaç saniyede bir denenir.",
  "This site cannot look up whether you are signed in. It tries every few seconds.":
    "Bu site giriş yapıp yapmadığınızı öğrenemiyor. Birkaç saniyede bir yeniden dener.",

  // The browser flow
  "Without a server of your own - Sample single-page app": "Kendi sunucunuz olmadan - Örnek tek sayfalı uygulama",
  "Not the recommendation": "Önerilmez",
  "Not the recommendation.": "Önerilmez.",
  "{0} This page does in the browser what Binance’s document describes for JavaScript. It runs against the emulator only: whether Binance lets scripts of other sites call it (CORS) is not documented. And any script that runs in this page has the token. What is recommended is {1}.":
    "{0} Bu sayfa, Binance’in belgesinde JavaScript için anlatılanı tarayıcıda yapar. Yalnızca emülatörle çalışır: Binance’in başka sitelerin betiklerine izin verip vermediği (CORS) belgelenmemiştir. Ayrıca bu sayfada çalışan her betik belirtece ulaşabilir. Önerilen, {1}.",
  "a server that keeps the tokens": "belirteçleri saklayan bir sunucudur",
  "Access token": "Erişim belirteci",
  "Sign in with PKCE": "PKCE ile giriş yap",
  "Revoke the token": "Belirteci iptal et",
  "What the script does": "Betik ne yapar?",
  "It leaves with a challenge": "Bir sınamayla (challenge) gider",
  "It makes a secret ({0}) and a {1}, keeps both for the redirect in {2}, and sends no more than a hash of the secret.":
    "Bir sır ({0}) ve bir {1} üretir, yönlendirme boyunca ikisini de {2} içinde saklar ve sırrın yalnızca karmasını gönderir.",
  "It comes back with a code": "Bir kodla geri döner",
  "It removes code and state from the address, compares the state, and exchanges the code with the secret. There is no {0}.":
    "Kodu ve state değerini adresten siler, state değerini karşılaştırır ve kodu sırla birlikte belirteçle değiştirir. {0} yoktur.",
  "It keeps the token in a variable": "Belirteci bir değişkende tutar",
  "So the token is lost when the page is loaded again. An injected script can read any longer-lived storage.":
    "Bu yüzden sayfa yeniden yüklenince belirteç kaybolur. Daha kalıcı bir depoyu, sayfaya sokulan bir betik okuyabilir.",
  "The flow without a server": "Sunucusuz akış",
  "Press the button to sign in at the emulator. The token will be in this page, and nowhere else.":
    "Emülatörde giriş yapmak için düğmeye basın. Belirteç yalnızca bu sayfada bulunur.",
  "There is no emulator here": "Burada emülatör yok",
  "This page runs against the emulator only: in Development, when no credentials are set.":
    "Bu sayfa yalnızca emülatörle çalışır: Development ortamında ve kimlik bilgisi ayarlanmamışken.",
  "Exchanging the code for a token…": "Kod belirteçle değiştiriliyor…",
  "You are signed in, in this page": "Bu sayfada giriş yaptınız",
  "Other tabs do not have the token. It is lost when the page is loaded again.": "Belirteç diğer sekmelerde yoktur. Sayfa yeniden yüklenince kaybolur.",
  "The token is revoked": "Belirteç iptal edildi",
  "It is not valid any more, and this page has deleted it.": "Artık geçerli değil; bu sayfa onu sildi.",
  "Sign-in cancelled": "Giriş iptal edildi",
  "You cancelled. Nothing was shared with this page.": "İptal ettiniz. Bu sayfayla hiçbir bilgi paylaşılmadı.",
  "That response is not for this page": "Bu yanıt bu sayfa için değil",
  "The state in the address is not the one that this page made. It may come from a link with the sign-in of another user. It was not used.":
    "Adresteki state değeri bu sayfanın ürettiği değil. Başka bir kullanıcının girişini içeren bir bağlantıdan gelmiş olabilir. Kullanılmadı.",
  "The authorization server cannot be read": "Yetkilendirme sunucusu okunamıyor",
  "It may be out of reach, or it does not allow this site’s scripts (CORS). A script cannot find out which.":
    "Sunucuya ulaşılamıyor veya sunucu bu sitenin betiklerine izin vermiyor (CORS). Bir betik hangisi olduğunu öğrenemez.",
  "The token is not revoked": "Belirteç iptal edilmedi",
  "The authorization server did not respond, or did not accept the request. Please try again.":
    "Yetkilendirme sunucusu yanıt vermedi veya isteği kabul etmedi. Lütfen yeniden deneyin.",
  "The authorization server refused": "Yetkilendirme sunucusu reddetti",
  "The code may have been used before, or be too old. Please try again.": "Kod daha önce kullanılmış veya süresi dolmuş olabilir. Lütfen yeniden deneyin.",
  "In a variable of this page, for {0} at most": "Bu sayfanın bir değişkeninde, en çok {0}",
  "{0} minutes": "{0} dakika",
  "{0} hours": "{0} saat",
};
