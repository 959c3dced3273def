using OrderToCash.CashApplication;
using OrderToCash.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("cash-application");
builder.AddCashApplication();

var app = builder.Build();
app.UseServiceDefaults();
app.MapCashApplication();
await app.RunAsync();
