using OrderToCash.Credit;
using OrderToCash.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("credit");
builder.AddCredit();

var app = builder.Build();
app.UseServiceDefaults();
app.MapCredit();
app.Run();
