import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/page.css';
import './styles/patients.css';
import './styles/twin.css';
import './styles/pictures.css';
import './styles/forecast.css';
import { render } from 'preact';
import { App } from './app.tsx';

render(<App />, document.body);
