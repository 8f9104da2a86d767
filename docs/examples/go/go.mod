module login-with-binance

go 1.19
